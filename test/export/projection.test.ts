import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import Type from 'typebox';
import { COLUMNS, columnsOf } from '../../server/src/export/columns.ts';
import { csvHeader, csvLine } from '../../server/src/export/csv.ts';
import { FORMAT_NAMES } from '../../server/src/export/formats/format.ts';
import { jsonLine } from '../../server/src/export/formats/jsonl.ts';
import { ParquetEncoder } from '../../server/src/export/formats/parquet.ts';
import { ZEEK_LOGS } from '../../server/src/export/formats/zeek.ts';
import { projectBy, publicNode } from '../../server/src/export/project.ts';
import { fieldsOf, nodeOf, type SchemaNode } from '../../server/src/export/tiered-schema.ts';
import { AttemptRecord } from '../../server/src/wire/record.ts';
import { type RowFormat, startTestLog, type TestLog } from './log.ts';
import { readBack } from './readers.ts';

const CANARY = 'must-not-leave';
const ROW_FORMATS = FORMAT_NAMES.filter((name): name is RowFormat => name !== 'pcapng');
const FIELDS = fieldsOf(nodeOf(AttemptRecord));

describe('whatever stands in a row beside its public fields, no format has it', () => {
  let log: TestLog;
  before(async () => {
    log = await startTestLog({ usual: 200, hostile: 50 });
    const hidden = FIELDS.filter(({ tier }) => tier !== 'P').map(({ path }) => path);
    const unnamed = [['extra'], ['source', 'extra'], ['hello', 'extra'], ['result', 'extra'], ['certificate', 'extra']];
    assert.ok(hidden.length > 10);
    for (const path of [...hidden, ...unnamed]) {
      await log.server.owner.pool.query(
        `update attempt set record = jsonb_set(record, $1, to_jsonb($2::text))
         where record #> $3 is null or jsonb_typeof(record #> $3) = 'object'`,
        [path, CANARY, path.slice(0, -1)],
      );
    }
    const { rows } = await log.server.owner.pool.query<{ marked: string }>(
      `select count(*) as marked from attempt where record::text like $1`,
      [`%${CANARY}%`],
    );
    assert.ok(Number(rows[0]?.marked) >= 250);
  });
  after(() => log?.stop());

  for (const format of ROW_FORMATS) {
    test(format, async () => {
      const { path, bytes } = await log.write(format, `${format}.file`);
      assert.ok(bytes > 1000);
      const text = format === 'parquet' ? JSON.stringify(await readBack('duckdb-parquet', path)) : await readFile(path);
      assert.equal(text.includes(CANARY), false);
    });
  }
});

describe('a field that is added to the record is in no file before it has a tier', () => {
  const grown = (tier: 'P' | undefined): SchemaNode => {
    const note = { ...Type.String(), ...(tier && { tier }) };
    const inner = { ...Type.Object({ note: Type.String() }), ...(tier && { tier }) };
    const record = nodeOf(AttemptRecord);
    const source = record.properties?.source ?? {};
    return {
      ...record,
      properties: {
        ...record.properties,
        note,
        source: { ...source, properties: { ...source.properties, inner } },
      },
    };
  };
  const record = { id: 'a', note: CANARY, source: { country: 'ZZ', inner: { note: CANARY } } };

  const written = (schema: SchemaNode): Record<string, string> => {
    const row = projectBy(schema, record);
    const columns = columnsOf(schema);
    const encoder = new ParquetEncoder(schema, { snapshot: 1 }, []);
    encoder.add([row]);
    const typed = [encoder.head(), encoder.cut().bytes, ...encoder.tail()].map(bytes => Buffer.from(bytes));
    return {
      json: jsonLine(row),
      csv: csvHeader(columns) + csvLine(row, columns),
      parquet: Buffer.concat(typed).toString('latin1'),
    };
  };

  test('without one it is not there, neither by name nor by value', () => {
    for (const [format, text] of Object.entries(written(grown(undefined)))) {
      for (const word of [CANARY, 'note', 'inner']) assert.equal(text.includes(word), false, `${format}: ${word}`);
    }
  });

  test('with one it is, so that its absence says something', () => {
    for (const [format, text] of Object.entries(written(grown('P')))) {
      for (const word of [CANARY, 'note', 'inner']) assert.ok(text.includes(word), `${format}: ${word}`);
    }
  });

  test('the schema of typed files names what is public and nothing else', () => {
    const names = fieldsOf(publicNode(grown(undefined))).map(({ path }) => path.join('.'));
    assert.equal(names.includes('note'), false);
    const hidden = FIELDS.filter(({ tier }) => tier !== 'P').map(({ path }) => path.join('.'));
    assert.deepEqual(
      names.filter(name => hidden.includes(name)),
      [],
    );
  });
});

test('every column of a Zeek log is made of public fields', () => {
  const known = COLUMNS.map(({ name }) => name);
  for (const { path, fields, holds } of ZEEK_LOGS) {
    for (const { name, from } of [...fields, { name: 'holds', ...holds }]) {
      assert.deepEqual(
        from.filter(one => !known.includes(one)),
        [],
        `${path}: ${name}`,
      );
    }
    assert.equal(new Set(fields.map(({ name }) => name)).size, fields.length);
  }
});
