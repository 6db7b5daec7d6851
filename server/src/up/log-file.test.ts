import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lastLines, openLog } from './log-file.ts';

const OVER_THE_LIMIT = 16 * 1024 * 1024 + 1;

function logPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'api.log');
}

function append(path: string, text: string): void {
  const fd = openLog(path);
  writeSync(fd, text);
  closeSync(fd);
}

test('a log is appended to', t => {
  const path = logPath(t);
  append(path, 'one\n');
  append(path, 'two\n');
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
});

test('a log that is too long is put aside, and only three are kept', t => {
  const path = logPath(t);
  for (let round = 1; round <= 5; round++) {
    writeFileSync(path, `round ${round}\n`);
    truncateSync(path, OVER_THE_LIMIT);
    append(path, 'new\n');
    assert.equal(readFileSync(path, 'utf8'), 'new\n');
  }
  const first = (number: number) => readFileSync(`${path}.${number}`, 'latin1').slice(0, 7);
  assert.deepEqual([first(1), first(2), first(3)], ['round 5', 'round 4', 'round 3']);
  assert.ok(!existsSync(`${path}.4`));
});

test('the last lines are those at the end', t => {
  const path = logPath(t);
  assert.deepEqual(lastLines(path, 2), []);
  append(path, `${'long '.repeat(2000)}\nb\nc\n`);
  assert.deepEqual(lastLines(path, 2), ['b', 'c']);
});
