import { once } from 'node:events';
import { connect } from 'node:net';
import type { Config } from '../../config.ts';
import { PinataError } from '../../errors.ts';
import { Anything } from '../answers.ts';
import { getJson } from '../api.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';
import { askControl } from '../control.ts';

const PROBES: Record<string, (config: Config) => Promise<unknown>> = {
  supervisor: ({ layout }) =>
    askControl(layout.sockets.supervisorControl, { method: 'GET', path: '/status' }, Anything),
  ingest: ({ layout }) => askControl(layout.sockets.ingestControl, { method: 'GET', path: '/status' }, Anything),
  /** Its ports would make an attempt of every probe, so its spool is asked instead. */
  gateway: ({ layout }) => connects(layout.sockets.gatewaySpool),
  api: config => getJson(config, '/healthz', Anything),
};

export const health: Command = {
  usage: 'health supervisor|ingest|gateway|api',
  summary: 'exit status 0 if that process answers here; for health checks of containers',
  flags: {},
  words: { min: 1, max: 1 },
  run: async ({ words: [name = ''], clientConfig }) => {
    const probe = PROBES[name];
    if (!probe) throw usage(`There is no process ${name}; there are: ${Object.keys(PROBES).join(', ')}.`);
    await probe(clientConfig());
    return 0;
  },
};

async function connects(address: string): Promise<void> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new PinataError('NOT_RUNNING', { address }, { cause: error });
  } finally {
    socket.destroy();
  }
}
