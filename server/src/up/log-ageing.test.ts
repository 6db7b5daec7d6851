import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ageLogs } from './log-ageing.ts';

const DAY_MS = 86_400_000;

test('no line gets older than it may, and a process goes on writing to the log it has open', t => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-logs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = openSync(join(folder, 'gateway.log'), 'a');
  t.after(() => closeSync(log));
  writeFileSync(join(folder, 'gateway.log.1'), 'put aside for its size\n');
  writeFileSync(join(folder, 'notes.txt'), 'not a log\n');
  writeSync(log, 'first\n');
  const now = Date.now();
  const lines = () =>
    readdirSync(folder)
      .filter(name => name.includes('.log'))
      .map(name => readFileSync(join(folder, name), 'utf8'))
      .join('');

  ageLogs(folder, 30, now + 14 * DAY_MS);
  assert.match(lines(), /first/);
  assert.match(lines(), /put aside for its size/);

  ageLogs(folder, 30, now + 15 * DAY_MS + 1000);
  assert.match(lines(), /first/, 'put aside, not gone: it is as old as half of what is allowed');
  assert.doesNotMatch(lines(), /put aside for its size/);
  writeSync(log, 'second\n');
  assert.equal(readFileSync(join(folder, 'gateway.log'), 'utf8'), 'second\n', 'without a hole before it');

  ageLogs(folder, 30, now + 30 * DAY_MS);
  assert.match(lines(), /first/);
  ageLogs(folder, 30, now + 30 * DAY_MS + 2000);
  assert.doesNotMatch(lines(), /first/, 'gone before it is a moment older than 30 days');
  assert.match(lines(), /second/);
  assert.ok(readdirSync(folder).includes('notes.txt'));
});
