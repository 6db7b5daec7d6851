import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { checkLeaf } from './leaf-check.ts';

const LEAF = { id: 'a', result: { depth: 3, classes: [{ id: 'E01' }] }, hello: null };
const CANONICAL = '{"hello":null,"id":"a","result":{"classes":[{"id":"E01"}],"depth":3}}';
const HASH = createHash('sha256').update(CANONICAL).digest('hex');
const RECORD = { ...LEAF, result: { ...LEAF.result, guestError: 'more' }, asn: 1 };

test('a leaf’s hash is worked out of its canonical form', async () => {
  const check = await checkLeaf({ leaf: LEAF, leafHash: HASH }, RECORD);
  assert.deepEqual(check, { canonical: CANONICAL, computed: HASH, published: HASH, differs: [] });
});

test('a leaf that was changed has another hash', async () => {
  const { computed, published } = await checkLeaf({ leaf: { ...LEAF, id: 'b' }, leafHash: HASH }, RECORD);
  assert.notEqual(computed, published);
});

test('a record that says something else than its leaf is named by the place', async () => {
  const cases: [object, string[]][] = [
    [{ ...RECORD, result: { ...RECORD.result, depth: 4 } }, ['/result/depth']],
    [{ ...RECORD, result: { ...RECORD.result, classes: [] } }, ['/result/classes']],
    [{ ...RECORD, result: { ...RECORD.result, classes: [{ id: 'E02' }] } }, ['/result/classes/0/id']],
    [{ id: 'a', hello: null }, ['/result']],
    [{ ...RECORD, hello: {} }, ['/hello']],
  ];
  for (const [record, expected] of cases) {
    const { differs } = await checkLeaf({ leaf: LEAF, leafHash: HASH }, JSON.parse(JSON.stringify(record)));
    assert.deepEqual(differs, expected);
  }
});
