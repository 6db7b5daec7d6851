import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BIP386_INTERNAL } from './bip386.fixture.ts';
import { descriptorChecksum } from './descriptor.ts';

test('BIP-380: the checksum is that of the document, and any changed character changes it', () => {
  assert.equal(descriptorChecksum('raw(deadbeef)'), '89f8spxm');
  fc.assert(
    fc.property(fc.nat({ max: 67 }), fc.constantFrom('0', '1', 'f', 'x'), (at, character) => {
      const text = `tr(${BIP386_INTERNAL})`;
      const changed = text.slice(0, at) + character + text.slice(at + 1);
      assert.equal(descriptorChecksum(changed) === descriptorChecksum(text), changed === text);
    }),
  );
  assert.throws(() => descriptorChecksum('tr(é)'), RangeError);
});
