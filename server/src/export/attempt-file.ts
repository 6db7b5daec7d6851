import { attemptPages, type PageRequest, type Queryable } from './attempt-pages.ts';
import { csvHeader, csvLine } from './csv.ts';
import { jsonLine } from './formats/jsonl.ts';
import type { PublicAttempt } from './project.ts';

/** Files of attempts. The same request at the same snapshot gives the same bytes. */
export type FileFormat = 'jsonl' | 'csv';

export const MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  jsonl: 'application/jsonl; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** Rows fetched at a time. At most 8 KiB each, so that one export holds a few MiB at most. */
const PAGE_ROWS = 500;

export interface FileRequest extends Omit<PageRequest, 'limit'> {
  readonly format: FileFormat;
  /** Rows in all; undefined: everything. */
  readonly limit: number | undefined;
  readonly snapshot: number;
}

/** The text of the file, in chunks of one page. The reader sets the pace. */
export async function* attemptFile(database: Queryable, request: FileRequest): AsyncGenerator<string, void, void> {
  const { format, limit, ...rest } = request;
  const line = format === 'csv' ? (attempt: PublicAttempt) => csvLine(attempt) : jsonLine;
  let head = format === 'csv' ? csvHeader() : '';
  for await (const page of attemptPages(database, rest, PAGE_ROWS, limit)) {
    yield head + page.map(line).join('');
    head = '';
  }
  if (head !== '') yield head;
}
