import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Check } from 'typebox/schema';
import { AttemptRecord } from '../wire/record.ts';
import { project, publicSchema } from './project.ts';
import { arbitraryRecord } from './testing/arbitrary-record.ts';
import { fieldsOf, nodeOf } from './tiered-schema.ts';

const FIELDS = fieldsOf(nodeOf(AttemptRecord));
const CANARY = 'must-not-leave';

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null)?.[name], value);
}

function put(value: unknown, path: readonly string[], what: unknown): void {
  const owner = at(value, path.slice(0, -1));
  if (typeof owner === 'object' && owner !== null) Reflect.set(owner, path.at(-1) ?? '', what);
}

test('every field of the record has a tier', () => {
  assert.ok(FIELDS.length > 60);
  assert.deepEqual(
    FIELDS.filter(({ tier }) => tier === undefined).map(({ path }) => path.join('.')),
    [],
  );
});

test('fields that share a schema keep tiers of their own', () => {
  const tiers = new Map(FIELDS.map(({ path, tier }) => [path.join('.'), tier]));
  const said = ['durationUs', 'startedUs', 'transport.bytesIn', 'source.srcPort', 'source.srcIp', 'hello.sni', 'id'];
  assert.deepEqual(
    said.map(name => tiers.get(name)),
    ['R', 'R', 'P', 'O', 'O', 'R', 'P'],
  );
});

test('nothing of another tier leaves, whatever it holds', () => {
  const hidden = FIELDS.filter(({ tier }) => tier !== 'P');
  assert.ok(hidden.length > 10);
  fc.assert(
    fc.property(arbitraryRecord, record => {
      const marked = structuredClone(record);
      for (const { path } of hidden) put(marked, path, { [CANARY]: CANARY });
      assert.ok(!JSON.stringify(project(marked)).includes(CANARY));
    }),
  );
});

test('every public field leaves as it is', () => {
  fc.assert(
    fc.property(arbitraryRecord, record => {
      const cut = project(record);
      for (const { path } of FIELDS.filter(({ tier }) => tier === 'P')) {
        assert.deepEqual(at(cut, path) ?? null, at(record, path) ?? null, path.join('.'));
      }
    }),
  );
});

test('what the schema does not name is dropped, at every level', () => {
  fc.assert(
    fc.property(arbitraryRecord, record => {
      const extended = structuredClone(record);
      const owners: unknown[] = [extended, extended.source, extended.transport.close, extended.result.classes[0]];
      for (const owner of owners) {
        if (typeof owner === 'object' && owner !== null) Reflect.set(owner, 'extra', CANARY);
      }
      assert.deepEqual(project(extended), project(record));
    }),
  );
});

test('the same record gives the same text, whatever the order of its keys', () => {
  const reversed = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([name, inner]) => [name, reversed(inner)]),
        );
  fc.assert(
    fc.property(arbitraryRecord, record => {
      assert.equal(JSON.stringify(project(reversed(record))), JSON.stringify(project(record)));
    }),
  );
});

test('what leaves is valid under the published schema, which names nothing else', () => {
  const schema = publicSchema();
  fc.assert(fc.property(arbitraryRecord, record => Check(schema, project(record))));
  const text = JSON.stringify(schema);
  for (const name of [
    'srcIp',
    'srcPort',
    'srcPrefix',
    'durationUs',
    'startedUs',
    'clientRandom',
    '"sni"',
    'subject',
    '"tier"',
  ]) {
    assert.ok(!text.includes(name), name);
  }
  const [record] = fc.sample(arbitraryRecord, { numRuns: 1, seed: 1 });
  assert.equal(Check(schema, { ...project(record), extra: 1 }), false);
});

test('something that is no record gives an empty one', () => {
  for (const nothing of [null, undefined, 7, 'text', [1]]) assert.deepEqual(project(nothing), {});
});
