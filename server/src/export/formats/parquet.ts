import { deserialize, serialize } from 'node:v8';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { AttemptRecord, RECORD_SCHEMA } from '../../wire/record.ts';
import { type PublicAttempt, publicNode } from '../project.ts';
import { nodeOf, type SchemaNode } from '../tiered-schema.ts';
import { type Chunk, type Encoder, type Format, NOTHING, type Subject } from './format.ts';
import { type Conversion, conversionOf, parquetSchema } from './parquet-schema.ts';

const CREATED_BY = 'pinata';
const ROWS_PER_GROUP = 5_000;

/** Apache Parquet, one row group a chunk. Its key-value metadata names the record's schema, the snapshot and the tier. */
export const parquet: Format = {
  name: 'parquet',
  extension: 'parquet',
  chunkRows: ROWS_PER_GROUP,
  pageRows: 1_000,
  open: (subject, notes) => new ParquetEncoder(nodeOf(AttemptRecord), subject, notes),
};

/** What the footer says of a chunk, and where the chunk ended. */
interface Note {
  readonly groups: ParquetWriter['row_groups'];
  readonly indexes: ParquetWriter['pendingIndexes'];
  readonly rows: number;
  readonly end: number;
}

/** What was added since the last cut, by column. */
interface Column {
  readonly name: string;
  readonly convert: Conversion | null;
  readonly data: unknown[];
}

export class ParquetEncoder implements Encoder<PublicAttempt> {
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  readonly #columns: readonly Column[];
  #rows = 0;

  constructor(record: SchemaNode, { snapshot }: Subject, notes: readonly string[]) {
    const schema = publicNode(record);
    this.#columns = Object.entries(schema.properties ?? {}).map(([name, node]) => {
      return { name, convert: conversionOf(node), data: [] };
    });
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: parquetSchema(schema),
      createdBy: CREATED_BY,
      kvMetadata: [
        { key: 'pinata.schema', value: RECORD_SCHEMA },
        { key: 'pinata.snapshot', value: String(snapshot) },
        { key: 'pinata.tier', value: 'P' },
        { key: 'pinata.jsonSchema', value: JSON.stringify(schema) },
      ],
    });
    if (notes.length > 0) this.#goOn(notes);
  }

  head(): Uint8Array {
    return this.#take();
  }

  add(rows: readonly PublicAttempt[]): void {
    for (const { name, convert, data } of this.#columns) {
      for (const row of rows) data.push(convert ? convert(row[name]) : row[name]);
    }
    this.#rows += rows.length;
  }

  cut(): Chunk {
    const { row_groups: groups, pendingIndexes: indexes } = this.#writer;
    const before = { groups: groups.length, indexes: indexes.length };
    // Without a flush of its own, the writer does this at once.
    if (this.#rows > 0)
      void this.#writer.write({
        columnData: this.#columns.map(({ name, data }) => ({ name, data })),
        rowGroupSize: this.#rows,
      });
    const note: Note = {
      groups: groups.slice(before.groups),
      indexes: indexes.slice(before.indexes),
      rows: this.#rows,
      end: this.#bytes.offset,
    };
    for (const { data } of this.#columns) data.length = 0;
    this.#rows = 0;
    return { bytes: this.#take(), note: serialize(note).toString('base64') };
  }

  tail(): Uint8Array[] {
    void this.#writer.finish();
    return [this.#take()];
  }

  /** Makes the writer believe that it has written the chunks before. */
  #goOn(notes: readonly string[]): void {
    this.#take();
    for (const text of notes) {
      const note: Note = deserialize(Buffer.from(text, 'base64'));
      this.#writer.row_groups.push(...note.groups);
      this.#writer.pendingIndexes.push(...note.indexes);
      this.#writer.num_rows += BigInt(note.rows);
      this.#bytes.offset = note.end;
    }
  }

  /** What was written since the last time. */
  #take(): Uint8Array {
    const { index } = this.#bytes;
    if (index === 0) return NOTHING;
    const bytes = new Uint8Array(this.#bytes.buffer.slice(0, index));
    this.#bytes.index = 0;
    return bytes;
  }
}
