import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ownOf, partOf } from './share.ts';

const count = fc.integer({ min: 1, max: 8 });
const shares = (of: number) => Array.from({ length: of }, (_, index) => ({ number: index + 1, of }));

test('the parts of a limit add up to it, and differ by one at most', () => {
  fc.assert(
    fc.property(fc.nat(100_000), count, (limit, of) => {
      const parts = shares(of).map(share => partOf(limit, share));
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0),
        limit,
      );
      assert.ok(Math.max(...parts) - Math.min(...parts) <= 1);
    }),
  );
});

test('each thing has one user, unless there are fewer than users; everybody has one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), count, (length, of) => {
      const things = Array.from({ length }, (_, index) => index);
      const owned = shares(of).map(share => ownOf(things, share));
      assert.ok(owned.every(own => own.length > 0));
      assert.deepEqual(new Set(owned.flat()), new Set(things));
      if (length >= of) assert.equal(owned.flat().length, length);
    }),
  );
});
