import { type Chunk, type Encoder, NOTHING } from './format.ts';

/** How a text file is written: its beginning, and the text of one row, which may be none. */
export interface TextForm<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
}

/** An encoder of UTF-8 text that says nothing after its last row. */
export function textEncoder<Row>({ head, text }: TextForm<Row>): Encoder<Row> {
  let pending = '';
  return {
    head: () => Buffer.from(head),
    add: rows => {
      for (const row of rows) pending += text(row);
    },
    cut: (): Chunk => {
      const bytes = Buffer.from(pending);
      pending = '';
      return { bytes, note: '' };
    },
    tail: () => [NOTHING],
  };
}
