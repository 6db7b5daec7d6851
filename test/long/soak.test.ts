import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { type Installation, removeInstallation, startInstallation } from '../e2e/installation.ts';
import { assertLedger } from '../e2e/ledger.ts';
import { startLoad } from '../e2e/load.ts';
import { findProcesses } from '../e2e/processes.ts';

const KILLS = 30;
const LANES = 6;
const BETWEEN = 40;
const VICTIMS = [
  /gateway\/main\.ts/,
  /ingest\/main\.ts/,
  /supervisor\/main\.ts/,
  /bin\/postgres /,
  /pinata-prize/,
  /api\/main\.ts/,
];

test(`${KILLS} kills of any process in any order under load: rows are exactly the attempts that ended`, async t => {
  const it: Installation = await startInstallation();
  t.after(async () => {
    await it.stop();
    await removeInstallation(it);
  });
  const load = startLoad(it.ports.prize, LANES);
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const before = load.ended.size;
      await until(
        'the load goes on',
        () => load.ended.size >= before + BETWEEN,
        120_000,
        () => it.screen(),
      );
      const victim = VICTIMS[Math.floor(Math.random() * VICTIMS.length)] ?? /gateway/;
      for (const { pid } of findProcesses(it.process.pid ?? 0, victim).slice(0, 1)) process.kill(pid, 'SIGKILL');
    }
  } finally {
    await load.stop();
  }
  assert.ok(load.ended.size > KILLS * BETWEEN);
  await assertLedger(it, [load]);
});
