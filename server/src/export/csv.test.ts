import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { COLUMNS } from './columns.ts';
import { cell, csvHeader, csvLine, readCell } from './csv.ts';
import { type PublicAttempt, project } from './project.ts';
import { arbitraryRecord } from './testing/arbitrary-record.ts';

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null)?.[name], value) ?? null;
}

/** What a cell stands for, by the type of its column. */
function read(text: string, type: (typeof COLUMNS)[number]['type']): unknown {
  const value = readCell(text);
  if (value === null) return null;
  return type === 'string' ? value : JSON.parse(value);
}

test('a text that could be a formula is marked, other text is not', () => {
  const marked = ['=1+1', '+1', '-1', '@a', '\tx', '\rx', '\nx', "'x", '\uff1d1', '\uff0b1', '\uff0d1', '\uff20a', ''];
  for (const text of marked) assert.match(cell(text), /^"?'/, JSON.stringify(text));
  assert.deepEqual(['a=1', 'a-b', ' =1', 'é'].map(cell), ['a=1', 'a-b', ' =1', 'é']);
});

test('null is an empty cell; the empty text is not', () => {
  assert.equal(cell(null), '');
  assert.equal(cell(''), "'");
  assert.deepEqual([readCell(''), readCell("'")], [null, '']);
});

test('numbers and truth values are bare; lists are JSON', () => {
  assert.deepEqual([7, 0.8, true, false].map(cell), ['7', '0.8', 'true', 'false']);
  assert.equal(cell([4865, 4866]), '"[4865,4866]"');
});

test('no cell starts a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => !/^"?[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell(text))),
  );
});

test('there is a column for every public field, and for no other', () => {
  const names = COLUMNS.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of ['id', 'seq', 'hello.ja4', 'result.outcome', 'source.country'])
    assert.ok(names.includes(name), name);
  for (const name of ['hello.sni', 'source.srcIp', 'durationUs', 'certificate.subject'])
    assert.ok(!names.includes(name), name);
});

test("Python's csv module reads back what was written, for hostile records", () => {
  const records: PublicAttempt[] = fc.sample(arbitraryRecord, { numRuns: 300, seed: 7 }).map(project);
  const file = csvHeader() + records.map(record => csvLine(record)).join('');
  const reader =
    'import csv,json,sys;json.dump(list(csv.reader(open(0,newline="",encoding="utf-8"),strict=True)),sys.stdout)';
  const python = spawnSync('python3', ['-c', reader], { input: file, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(python.status, 0, python.stderr);
  const [header, ...rows] = JSON.parse(python.stdout) as string[][];
  assert.deepEqual(
    header,
    COLUMNS.map(({ name }) => name),
  );
  assert.equal(rows.length, records.length);
  rows.forEach((row, index) => {
    COLUMNS.forEach(({ path, type, name }, column) => {
      assert.deepEqual(read(row[column] ?? '', type), at(records[index], path), `${index} ${name}`);
    });
  });
});
