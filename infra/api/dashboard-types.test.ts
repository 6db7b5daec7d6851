import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dashboardTypes } from './dashboard-types.ts';
import { readApiDocument } from './document.ts';
import { type Schema, typesOf } from './schema-types.ts';

const ROOT = join(import.meta.dirname, '../..');

test('the dashboard’s types are what the API describes', async () => {
  const written = readFileSync(join(ROOT, 'dashboard/src/lib/generated/api.ts'), 'utf8');
  const made = dashboardTypes(await readApiDocument());
  assert.ok(written === made, 'run: node infra/api/write-dashboard-types.ts');
});

test('the dashboard has its types of answers from there, and from nowhere else in the service', () => {
  const sources = globSync('dashboard/src/**/*.{ts,svelte}', { cwd: ROOT });
  assert.ok(sources.length > 40);
  const importing = sources.filter(path => /server\/src\/api\//.test(readFileSync(join(ROOT, path), 'utf8')));
  assert.deepEqual(importing, []);
});

test('a schema becomes a type, and a named one its name', () => {
  const item = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const types = typesOf(
    new Map<string, Schema>([
      ['Item', item],
      [
        'All',
        {
          type: 'object',
          properties: {
            one: { anyOf: [item, { type: 'null' }] },
            many: { type: 'array', items: { ...item, description: 'elsewhere' } },
            kind: { enum: ['a', 'b'], description: 'of */ two' },
            counts: { type: 'object', patternProperties: { '^.*$': { type: 'integer' } } },
            'x-y': { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
            any: {},
          },
          required: ['one', 'many', 'counts'],
        },
      ],
    ]),
  );
  assert.equal(
    types,
    `export type Item = {
  n: number;
};

export type All = {
  one: Item | null;
  many: Item[];
  /** of * / two */
  kind?: "a" | "b";
  counts: Record<string, number>;
  "x-y"?: (string | null)[];
  any?: unknown;
};
`,
  );
});

test('what cannot be said is refused', () => {
  assert.throws(() => typesOf(new Map([['Odd', { type: 'tuple' }]])), TypeError);
  assert.throws(() => dashboardTypes({ paths: {} }), RangeError);
});
