import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openUnnamed } from './inherited-file.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-small-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('an unnamed copy holds the bytes and has no name', t => {
  const place = folder(t);
  const fd = openUnnamed(place, Buffer.from('image'));
  assert.equal(readFileSync(`/proc/self/fd/${fd}`, 'utf8'), 'image');
  assert.throws(() => writeFileSync(fd, 'x'));
});
