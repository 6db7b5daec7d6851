import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { descriptorChecksum } from './descriptor.ts';

// BIP-386 "Test Vectors": one key as WIF and as x-only internal key, with the script of its output.
const _BIP386_WIF = 'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1';
const BIP386_INTERNAL = 'a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd';
const _BIP386_OUTPUT = '77aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11';

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
