import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { hostileDraft } from '../ingest/testing/hostile.ts';
import { sealRecord } from '../store/seal.ts';
import { commitToBytes, commitToJson, newSalts } from './commitment.ts';
import { leafHash, leafOf } from './leaf.ts';

const place = { seq: 7, revision: 1, change: 9 };

test('a leaf holds no text that an attacker chose, no private field, and no hash of itself', () => {
  const { draft, markers } = hostileDraft();
  const { leaf, record } = sealRecord(draft.record, place);
  const text = JSON.stringify(leaf);
  for (const marker of markers) {
    assert.ok(JSON.stringify(record).includes(marker), `the record has ${marker}`);
    assert.ok(!text.includes(marker), `the leaf has not ${marker}`);
  }
  for (const name of ['srcIp', 'srcPort', 'srcPrefix', 'clientRandom', 'startedUs', 'durationUs', 'asn', 'leafHash']) {
    assert.ok(!text.includes(`"${name}"`), name);
  }
  assert.match(text, /"startedAt":"2026-11-24T12:00:00Z"/);
});

test('the hash changes with every public field that stays', () => {
  const { draft } = hostileDraft();
  const { record } = sealRecord(draft.record, place);
  const change = { ...record, result: { ...record.result, depth: 5 } };
  assert.notEqual(leafHash(leafOf(change)), record.leafHash);
  assert.equal(leafHash(leafOf({ ...record, source: { ...record.source, asn: 64_496 } })), record.leafHash);
});

test('commitments are SHA-256 over salt and content', () => {
  const salts = newSalts(n => new Uint8Array(n).fill(1));
  const expected = createHash('sha256')
    .update(Buffer.concat([Buffer.alloc(32, 1), Buffer.from('{"a":1,"b":[]}')]))
    .digest('hex');
  assert.equal(commitToJson(salts.source, { b: [], a: 1 }), expected);
  assert.equal(commitToBytes(salts.source, Buffer.from('{"a":1,"b":[]}')), expected);
});
