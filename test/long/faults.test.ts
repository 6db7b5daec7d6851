import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CLOCKS, type Clocks, jump, makeClocks } from '../e2e/faults/clocks.ts';
import { Matrix } from '../e2e/faults/matrix.ts';
import { withoutPostgres } from '../e2e/faults/outage.ts';
import { stopped, VICTIMS } from '../e2e/faults/victims.ts';
import { type Installation, removeInstallation, startInstallation } from '../e2e/installation.ts';

const OUTAGE_MS = 150_000;
const STALL_MS = 20_000;
const DAY_S = 86_400;

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

describe('what of test/e2e/faults takes long: every attempt that ended is one row, none is two', () => {
  test('PostgreSQL is away for minutes', () =>
    matrix.happen(it, `no PostgreSQL for ${OUTAGE_MS / 1000} s`, progress => withoutPostgres(it, OUTAGE_MS, progress)));

  for (const victim of VICTIMS.filter(({ atBoot }) => !atBoot)) {
    test(`${victim.name} stands still for longer than anybody waits`, () =>
      matrix.happen(it, `stop and continue of ${victim.name} after ${STALL_MS / 1000} s`, () =>
        stopped(it, victim, () => delay(STALL_MS)),
      ));
  }

  for (const name of CLOCKS) {
    for (const seconds of [DAY_S / 2, -DAY_S / 2, 0]) {
      test(`the clock of ${name} is ${seconds / 3600} hours ahead`, () =>
        matrix.happen(it, `clock of ${name} ${seconds / 3600} h ahead`, progress =>
          jump(it, { clocks, name, seconds }, progress),
        ));
    }
  }

  test('of all of these', t => matrix.tell(t));
});
