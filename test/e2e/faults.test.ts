import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { bootOf, get } from './api.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';
import { allRows, assertLedger } from './ledger.ts';
import { type Load, startLoad } from './load.ts';
import { findProcesses, processTree } from './processes.ts';

const LANES = 4;
const ENOUGH = 25;

let it: Installation;

before(async () => {
  it = await startInstallation();
});

after(async () => {
  await it?.stop();
  if (it) await removeInstallation(it);
});

const pidOf = (pattern: RegExp): number => {
  const [found] = findProcesses(it.process.pid ?? 0, pattern);
  assert.ok(found, `a process that matches ${pattern}`);
  return found.pid;
};

/** Waits until `more` further attempts were ended properly: the service works (again). */
async function progress(load: Load, more: number): Promise<void> {
  const from = load.ended.size;
  await until(
    `${more} more attempts end`,
    () => load.ended.size >= from + more,
    90_000,
    () => it.screen(),
  );
}

const VICTIMS: [string, RegExp][] = [
  ['gateway', /gateway\/main\.ts/],
  ['ingest', /ingest\/main\.ts/],
  ['api', /api\/main\.ts/],
  ['PostgreSQL', /\/postgres -D|bin\/postgres /],
  ['the prize’s QEMU', /qemu-system-x86_64.*prize|prize.*qemu-system-x86_64/],
  ['supervisor', /supervisor\/main\.ts/],
];

describe('kill -9 under load', () => {
  for (const [name, pattern] of VICTIMS) {
    test(`${name}: it comes back by itself, every attempt that ended is one row, none is two`, async () => {
      const load = startLoad(it.ports.prize, LANES);
      try {
        await progress(load, ENOUGH);
        const pid = pidOf(pattern);
        process.kill(pid, 'SIGKILL');
        await until(
          'another one runs',
          () => findProcesses(it.process.pid ?? 0, pattern).some(info => info.pid !== pid),
          60_000,
          () => it.screen(),
        );
        await progress(load, ENOUGH);
      } finally {
        await load.stop();
      }
      await assertLedger(it, load);
    });
  }

  test('a guest that was killed has another boot, and the old one is public with its end', async () => {
    const { rows } = await get<{ rows: { target: string; endReason: string | null }[] }>(it, '/api/v1/boots');
    assert.ok(rows.some(boot => boot.target === 'prize' && boot.endReason === 'crash'));
    await bootOf(it, 'prize');
  });
});

describe('the parent', () => {
  test('kill -9 leaves nothing running, and the next start recovers', async () => {
    const before = await allRows(it);
    const root = it.process.pid ?? 0;
    const pids = processTree(root).map(info => info.pid);
    process.kill(root, 'SIGKILL');
    await until(
      'nothing of it runs',
      () => pids.every(pid => !alive(pid)),
      30_000,
      () => pids.filter(alive).join(' '),
    );
    it = await startInstallation({ continueFrom: it });
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
    assert.deepEqual(pids.filter(alive), []);
  });
});

function alive(pid: number): boolean {
  return processTree(pid).length > 0;
}
