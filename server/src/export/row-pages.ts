import { ahead } from './ahead.ts';
import type { AttemptFilter } from './attempt-filter.ts';
import { attemptPages, type Queryable, seqOf } from './attempt-pages.ts';
import type { RowPage } from './export-file.ts';
import type { PublicAttempt } from './project.ts';

/** The public rows of a snapshot that match, in order, with higher numbers than `after`. */
export async function* rowPages(
  database: Queryable,
  request: { readonly filter: AttemptFilter; readonly snapshot: number },
  pageRows: number,
  after: number | null,
): AsyncGenerator<RowPage<PublicAttempt>, void, void> {
  const { snapshot } = request;
  const filter = after === null ? request.filter : { ...request.filter, after };
  for await (const rows of ahead(attemptPages(database, { filter, snapshot, order: 'asc' }, pageRows))) {
    yield { rows, lastSeq: seqOf(rows.at(-1)) };
  }
}
