import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, count, share, span, utc } from './format.ts';

test('a share never claims none or all where that is false', () => {
  assert.equal(share(0, 100_000), '0 %');
  assert.equal(share(1, 100_000), '< 0.1 %');
  assert.equal(share(99_999, 100_000), '> 99.9 %');
  assert.equal(share(100_000, 100_000), '100 %');
  assert.equal(share(0, 0), '–');
});

test('a span is told by its two leading units', () => {
  assert.equal(span(500), '0 s');
  assert.equal(span(65_000), '1 min 5 s');
  assert.equal(span(90_061_000), '1 d 1 h');
});

test('times are UTC, and the date is left out on its own day only', () => {
  assert.equal(utc('2026-11-24T01:02:03+01:00'), '2026-11-24 00:02:03Z');
  assert.equal(utc('2026-11-24T01:02:03Z', '2026-11-24T23:00:00Z'), '01:02:03Z');
  assert.equal(utc('2026-11-23T01:02:03Z', '2026-11-24T23:00:00Z'), '2026-11-23 01:02:03Z');
});

test('sizes and counts', () => {
  assert.equal(bytes(999), '999 B');
  assert.equal(bytes(1536), '1.5 kB');
  assert.equal(count(1234567), '1,234,567');
});
