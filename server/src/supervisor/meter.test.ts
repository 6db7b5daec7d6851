import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Meter } from './meter.ts';

test('a meter lets through what it allows and no more, whatever the portions', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1 << 20 }), { minLength: 1, maxLength: 200 }), sizes => {
      const meter = new Meter(0);
      let now = 0;
      let read = 0;
      for (const size of sizes) {
        now += meter.spend(size, 1, now);
        read += size;
      }
      const allowed = (1 + now / 1000) * (16 << 20);
      assert.ok(read <= allowed);
    }),
  );
  assert.equal(new Meter(0).spend(1000, 10, 0), 0);
});
