import { after, before, describe, test } from 'node:test';
import { type Clocks, jump, makeClocks } from './faults/clocks.ts';
import { Matrix } from './faults/matrix.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';

const JUMP_S = 7200;
const JUMPS = [
  ['forward', JUMP_S],
  ['back', -JUMP_S],
] as const;

const matrix = new Matrix();
let clocks: Clocks;
let it: Installation;

before(async () => {
  clocks = makeClocks();
  it = await startInstallation({ env: { PATH: clocks.path, PINATA_RATE_PER_ADDRESS: '1000000' } });
});

after(async () => {
  await it?.stop();
  if (it) await removeInstallation(it);
  clocks?.remove();
});

/** The other processes, and the way back to the right time: test/long/faults.test.ts. */
describe('a clock jumps under load: every attempt that ended is one row, none is two', () => {
  for (const name of ['gateway', 'supervisor'] as const) {
    for (const [what, seconds] of JUMPS) {
      test(`of ${name}, two hours ${what}`, () =>
        matrix.happen(it, `clock of ${name} two hours ${what}`, progress =>
          jump(it, { clocks, name, seconds }, progress),
        ));
    }
  }

  test('of all of these', t => matrix.tell(t));
});
