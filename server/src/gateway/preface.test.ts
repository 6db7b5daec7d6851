import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePreface, PREFACE_BYTES, readyPrefaceKey } from './preface.ts';

// Made with Python's hmac and hashlib: key 00 01 … 1f.
const KEY = readyPrefaceKey(Uint8Array.from({ length: 32 }, (_, n) => n));
const ID = '0193a5c0-f1e8-7abc-9def-0123456789ab';
const VECTORS = [
  [
    10000,
    '0d0a0d0a000d0a515549540a210000260500100193a5c0f1e87abc9def0123456789abe000101832f930823ac76c370c3afab9840dc7',
  ],
  [
    10002,
    '0d0a0d0a000d0a515549540a210000260500100193a5c0f1e87abc9def0123456789abe0001067795296a065c56062ddab40629dd2d9',
  ],
] as const;

test('the preface is as the vectors say', () => {
  const made = VECTORS.map(([port]) => encodePreface(ID, port, KEY));
  assert.deepEqual(
    made.map(preface => preface.toString('hex')),
    VECTORS.map(([, hex]) => hex),
  );
});

test('the header announces exactly what follows it', () => {
  const preface = encodePreface(ID, 10000, KEY);
  assert.equal(preface.length, PREFACE_BYTES);
  assert.equal(preface.readUInt16BE(14), preface.length - 16);
});

test('only an attempt id is signed', () => {
  assert.throws(() => encodePreface('not-an-id', 10000, KEY), RangeError);
});
