import { removeInstallation, startInstallation } from '../../e2e/installation.ts';
import { findProcesses } from '../../e2e/processes.ts';
import { compareUnderLoad } from './guest-loads.ts';
import { Load } from './load.ts';

const ROUNDS = 3;
/** No limit of the gateway is to be measured, and nobody else is to come. */
const SETTINGS = {
  PINATA_RATE_PER_ADDRESS: '10000000',
  PINATA_CAP_PER_ADDRESS: '1000',
  PINATA_CAP_PER_NETWORK: '1000',
  PINATA_PLACES_PER_NETWORK: '1000',
  PINATA_SELF_TEST_S: '86400',
};

/** The practice guest of a whole installation under the same loads: gateway, recording, database and page on the same cores. */
export async function measureInstallation(): Promise<void> {
  const it = await startInstallation({ env: SETTINGS });
  try {
    const load = await Load.start(it.authority.folder);
    const [machine] = findProcesses(it.process.pid ?? 0, /qemu-system.*pinata-practice/);
    const server = { pid: machine?.pid ?? 0, way: { host: '127.0.0.1', ports: [it.ports.practice] } };
    console.log('\nThrough a whole installation, as attackers meet it');
    await compareUnderLoad({ title: 'guest', load, server }, null, { rounds: ROUNDS, hasGoals: false });
    await load.stop();
  } finally {
    await it.stop();
    await removeInstallation(it);
  }
}
