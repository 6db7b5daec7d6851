import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { shiftedClock } from './shifted-clock.ts';

const DAYS = 1000;
const DAY_S = 86_400;

test('programs under the shifted clock see another day, in a folder with spaces too', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'pinata clock '));
  t.after(() => rm(folder, { recursive: true }));
  const env = { ...process.env, ...(await shiftedClock(folder, DAYS)) };
  for (const [program, ...args] of [
    ['date', '+%s'],
    ['perl', '-e', 'print time'],
  ] as const) {
    const before = Date.now() / 1000;
    const seen = Number(execFileSync(program, args, { env, encoding: 'utf8' }));
    assert.ok(
      seen > before + DAYS * DAY_S - 2 && seen < Date.now() / 1000 + DAYS * DAY_S + 2,
      `${program} saw ${seen}`,
    );
  }
});
