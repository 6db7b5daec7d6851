import { Reclassified } from '../answers.ts';
import type { Command } from '../command.ts';
import { askControl } from '../control.ts';

export const reclassify: Command = {
  usage: 'reclassify',
  summary: 'look at old rows again by the rules of today, as each start does; tells how far it is',
  flags: {},
  words: { min: 0, max: 0 },
  run: async ({ clientConfig, print }) => {
    const socket = clientConfig().layout.sockets.ingestControl;
    const state = await askControl(socket, { method: 'POST', path: '/reclassify', body: {} }, Reclassified);
    const { classifier, running, seq, upTo, revised } = state;
    print(`rules      ${classifier}`);
    print(`looked at  ${seq} of ${upTo} rows, ${revised} revised`);
    print(running ? 'goes on by itself; ask again' : 'done');
    return 0;
  },
};
