import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leafHash, MerkleTree, nodeHash, rootOfPath } from './merkle.ts';
import vectors from './merkle-vectors.json' with { type: 'json' };

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array | null) => (data ? Buffer.from(data).toString('hex') : null);
const entries = vectors.entries.map(bytes);
const treeOf = (size: number) => new MerkleTree(entries.slice(0, size));
const large = Array.from({ length: vectors.large.size }, (_, i) => Uint8Array.of(i >> 8, i & 0xff));

test('roots are those of another implementation, from the empty tree on', () => {
  for (const [size, root] of vectors.roots.entries()) assert.equal(hex(treeOf(size).root), root, String(size));
  assert.equal(hex(new MerkleTree(large).root), vectors.large.root);
});

test('paths are those of another implementation, and lead to the root', () => {
  for (const { size, index, path } of vectors.paths) {
    const name = `${index} of ${size}`;
    assert.deepEqual(treeOf(size).path(index).map(hex), path, name);
    const leaf = leafHash(entries[index] ?? new Uint8Array());
    assert.equal(hex(rootOfPath(leaf, { index, size }, path.map(bytes))), vectors.roots[size], name);
  }
  for (const { index, path } of vectors.large.paths) {
    assert.deepEqual(new MerkleTree(large).path(index).map(hex), path);
  }
});

test('a leaf, its place and its path lead to the root, and nothing else does', () => {
  const some = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 70 });
  fc.assert(
    fc.property(some, fc.nat(), fc.nat(), (nonces, place, bit) => {
      const tree = new MerkleTree(nonces);
      const size = nonces.length;
      const index = place % size;
      const leaf = leafHash(nonces[index] ?? new Uint8Array());
      const path = tree.path(index);
      const reached = (at: { index: number; size: number }, from: Uint8Array, by: Uint8Array[]) =>
        hex(rootOfPath(from, at, by)) === hex(tree.root);
      assert.ok(reached({ index, size }, leaf, path));
      assert.ok(!reached({ index, size }, flipped(leaf, bit), path));
      assert.ok(!reached({ index, size }, leaf, [...path, leaf]));
      assert.ok(!reached({ index: size, size }, leaf, path));
      if (path.length === 0) return;
      assert.ok(!reached({ index, size }, leaf, path.slice(1)));
      assert.ok(!reached({ index, size }, leaf, path.slice(0, -1)));
      const at = bit % path.length;
      assert.ok(!reached({ index, size }, leaf, path.with(at, flipped(path[at] ?? leaf, bit))));
    }),
    { numRuns: 60 },
  );
});

test('a node cannot be shown as a leaf', () => {
  const [a, b] = [leafHash(bytes('00')), leafHash(bytes('01'))];
  assert.notEqual(hex(leafHash(Buffer.concat([a, b]))), hex(nodeHash(a, b)));
});

test('a place outside the tree has no path and no root', () => {
  for (const index of [-1, 3, 0.5, Number.NaN]) {
    assert.throws(() => treeOf(3).path(index), RangeError);
    assert.equal(rootOfPath(leafHash(bytes('')), { index, size: 3 }, []), null);
  }
  assert.throws(() => treeOf(0).path(0), RangeError);
});

function flipped(data: Uint8Array, bit: number): Uint8Array {
  const at = (bit >> 3) % data.length;
  return data.with(at, (data[at] ?? 0) ^ (1 << (bit & 7)));
}
