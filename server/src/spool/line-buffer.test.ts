import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineBuffer } from './line-buffer.ts';

test('whatever is pushed comes out as UTF-8 in order, however small the memory was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ unit: 'binary', maxLength: 60 }))),
      fc.integer({ min: 1, max: 64 }),
      (rounds, size) => {
        const buffer = new LineBuffer(size);
        for (const lines of rounds) {
          for (const line of lines) buffer.push(line);
          const expected = Buffer.from(lines.join(''), 'utf8');
          assert.equal(buffer.length, expected.length);
          assert.ok(buffer.take().equals(expected));
        }
      },
    ),
  );
});
