import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../server/src/testing/until.ts';
import { bootOf, get } from './api.ts';
import { Matrix } from './faults/matrix.ts';
import { withoutPostgres } from './faults/outage.ts';
import { killed, rebooted, stopped, VICTIMS } from './faults/victims.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';
import { allRows } from './ledger.ts';
import { isThere, processTree } from './processes.ts';

/** How long a process stands still. */
const STALL_MS = 1000;
/** How long PostgreSQL is away; minutes of it are in test/long. */
const OUTAGE_MS = 4000;
const ENV = { PINATA_RATE_PER_ADDRESS: '1000000' };

const matrix = new Matrix();
let it: Installation;

before(async () => {
  it = await startInstallation({ env: ENV });
});

after(async () => {
  await it?.stop();
  if (it) await removeInstallation(it);
});

describe('under load every attempt that ended is one row, none is two, and the service comes back by itself', () => {
  for (const victim of VICTIMS) {
    test(`kill -9 of ${victim.name}`, () => matrix.happen(it, `kill -9 of ${victim.name}`, () => killed(it, victim)));
  }

  for (const victim of VICTIMS) {
    test(`stop and continue of ${victim.name}`, () =>
      matrix.happen(it, `stop and continue of ${victim.name}`, () =>
        stopped(it, victim, async () => {
          if (victim.atBoot) await rebooted(it);
          await delay(STALL_MS);
        }),
      ));
  }

  test('PostgreSQL is away, and nobody starts it', () =>
    matrix.happen(it, `no PostgreSQL for ${OUTAGE_MS / 1000} s`, progress => withoutPostgres(it, OUTAGE_MS, progress)));

  test('a guest that was killed has another boot, and the old one is public with its end', async () => {
    const { rows } = await get<{ rows: { target: string; endReason: string | null }[] }>(it, '/api/v1/boots');
    assert.ok(rows.some(boot => boot.target === 'prize' && boot.endReason === 'crash'));
    await bootOf(it, 'prize');
  });

  test('of all of these', t => matrix.tell(t));
});

describe('the parent', () => {
  test('kill -9 leaves nothing running, and the next start recovers', async () => {
    const before = await allRows(it);
    const root = it.process.pid ?? 0;
    const pids = processTree(root).map(info => info.pid);
    process.kill(root, 'SIGKILL');
    await until(
      'nothing of it runs',
      () => pids.every(pid => !isThere(pid)),
      30_000,
      () => pids.filter(isThere).join(' '),
    );
    it = await startInstallation({ env: ENV, continueFrom: it });
    const rows = await allRows(it);
    assert.deepEqual(
      rows.slice(0, before.length).map(row => row.id),
      before.map(row => row.id),
    );
  });

  test('one Ctrl-C stops everything in order', async () => {
    const pids = processTree(it.process.pid ?? 0).map(info => info.pid);
    await it.stop();
    assert.equal(it.process.exitCode, 0, it.screen());
    assert.deepEqual(pids.filter(isThere), []);
  });
});
