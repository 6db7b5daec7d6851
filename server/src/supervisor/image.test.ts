import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PinataError } from '../errors.ts';
import { readImage } from './image.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-small-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const hasCode = (code: string) => (error: unknown) => error instanceof PinataError && error.code === code;

test('an image counts only with the hash that was built beside it', async t => {
  const path = join(folder(t), 'image.elf');
  await assert.rejects(readImage(path), hasCode('IMAGE_CORRUPT'));
  writeFileSync(path, 'image');
  await assert.rejects(readImage(path), hasCode('IMAGE_CORRUPT'));
  const sha256 = createHash('sha256').update('image').digest('hex');
  writeFileSync(`${path}.sha256`, `${sha256}\n`);
  assert.equal((await readImage(path)).sha256, sha256);
  writeFileSync(path, 'imagf');
  await assert.rejects(readImage(path), hasCode('IMAGE_CORRUPT'));
});
