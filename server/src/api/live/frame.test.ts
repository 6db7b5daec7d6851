import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attempt } from '../testing/listed.ts';
import { attemptsFrame, eventText, gaps } from './frame.ts';

/** Rows at some of the changes after `after` up to `upTo`. */
const window = fc
  .tuple(fc.nat(1000), fc.uniqueArray(fc.nat(60), { maxLength: 40 }), fc.nat(70), fc.nat(12))
  .map(([after, steps, length, rowsMax]) => ({
    after,
    upTo: after + length,
    rowsMax,
    rows: steps
      .map(step => after + 1 + step)
      .filter(change => change <= after + length)
      .sort((a, b) => a - b)
      .map(change => attempt({ change, depth: change % 9, selfTest: change % 5 === 0 })),
  }));

test('shown and skipped together are every change, each once', () => {
  fc.assert(
    fc.property(window, ({ after, upTo, rows, rowsMax }) => {
      const frame = attemptsFrame(rows, after, upTo, rowsMax);
      const covered = [
        ...frame.rows.map(({ change }) => change),
        ...frame.skipped.flatMap(({ from, count }) => Array.from({ length: count }, (_, step) => from + step)),
      ].sort((a, b) => a - b);
      assert.deepEqual(
        covered,
        Array.from({ length: upTo - after }, (_, step) => after + 1 + step),
      );
      assert.ok(frame.skipped.every(({ from, to, count }) => count === to - from + 1));
    }),
  );
});

test('no more rows than allowed, in the order of the log', () => {
  fc.assert(
    fc.property(window, ({ after, upTo, rows, rowsMax }) => {
      const shown = attemptsFrame(rows, after, upTo, rowsMax).rows.map(({ change }) => change);
      assert.ok(shown.length <= rowsMax);
      assert.deepEqual(
        shown,
        shown.toSorted((a, b) => a - b),
      );
    }),
  );
});

test('where not all fit, a release is shown before anything else', () => {
  const rows = Array.from({ length: 50 }, (_, index) => attempt({ change: index + 1, depth: index === 17 ? 8 : 2 }));
  assert.ok(attemptsFrame(rows, 0, 50, 1).rows.some(({ depth }) => depth === 8));
});

test('self-tests give way to visitors', () => {
  const rows = [attempt({ change: 1, depth: 8, selfTest: true }), attempt({ change: 2, depth: 0 })];
  assert.deepEqual(
    attemptsFrame(rows, 0, 2, 1).rows.map(({ change }) => change),
    [2],
  );
});

test('no change is no gap', () => {
  assert.deepEqual(gaps(5, 5, []), []);
});

test('an event is one block whatever is in it', () => {
  const text = eventText('attempts', { rows: [attempt({ country: 'a\n\nid: 9\r\nb' })], skipped: [] }, 3);
  assert.equal(text.split('\n\n').length, 2);
  assert.ok(text.startsWith('id: 3\nevent: attempts\ndata: {'));
});
