import type { Encoder, Format } from './formats/format.ts';
import { type Mark, PartFile, type Written } from './part-file.ts';

/** Some rows of the log in order, and the last of their numbers. */
export interface RowPage<Row> {
  readonly rows: readonly Row[];
  readonly lastSeq: number;
}

export interface FileOrder<Row> {
  readonly path: string;
  /** Permissions of the file. */
  readonly mode: number;
  readonly format: Format<Row>;
  readonly snapshot: number;
  /** Everything that the bytes depend on, as one line: a file that was begun is only gone on with for the same. */
  readonly subject: string;
  /** The rows with higher numbers than this, `format.pageRows` at a time. */
  readonly pages: (after: number | null) => AsyncIterable<RowPage<Row>>;
  /** Go on with a file that was begun, if there is one. */
  readonly resume: boolean;
  /** When it is aborted, nothing is left. */
  readonly signal: AbortSignal;
  /** `bytes` are those of the file and of what is put aside for it. */
  readonly onProgress?: (rows: number, bytes: number) => void;
}

export interface ExportedFile extends Written {
  readonly rows: number;
  /** Rows that an earlier process had already written. */
  readonly resumedAt: number;
}

/**
 * Writes one file of rows. One chunk is in memory at a time. Throws EXPORT_UNFINISHED and EXPORT_CANNOT_RESUME as `PartFile` does, and the
 * signal's reason; any other failure leaves what there is, to be gone on with.
 */
export async function exportFile<Row>(order: FileOrder<Row>): Promise<ExportedFile> {
  const { path, subject, format, snapshot, signal, mode } = order;
  const left = order.resume ? await PartFile.goOn(path, subject) : null;
  const marks = left?.marks ?? [];
  const part = left?.part ?? (await PartFile.begin(path, subject, mode));
  try {
    const notes = marks.map(({ note }) => note);
    const encoder = format.open({ snapshot }, notes, part.scratch);
    if (marks.length === 0) await part.append(encoder.head());
    const rows = await writeChunks(order, encoder, part, marks.at(-1));
    for await (const bytes of encoder.tail()) {
      signal.throwIfAborted();
      await part.append(bytes);
      order.onProgress?.(rows, part.bytes + part.scratch.bytes);
    }
    return { ...(await part.finish()), rows, resumedAt: marks.at(-1)?.rows ?? 0 };
  } catch (error) {
    if (signal.aborted) await part.discard();
    else await part.leave();
    throw error;
  }
}

async function writeChunks<Row>(
  { format, pages, signal, onProgress }: FileOrder<Row>,
  encoder: Encoder<Row>,
  part: PartFile,
  last: Mark | undefined,
): Promise<number> {
  let rows = last?.rows ?? 0;
  let lastSeq = last?.lastSeq ?? null;
  let inChunk = 0;
  const cut = async () => {
    const { bytes, note } = await encoder.cut();
    await part.append(bytes);
    await part.mark({ rows, lastSeq: lastSeq ?? 0, note });
    inChunk = 0;
  };
  for await (const page of pages(lastSeq)) {
    signal.throwIfAborted();
    encoder.add(page.rows);
    rows += page.rows.length;
    inChunk += page.rows.length;
    lastSeq = page.lastSeq;
    if (inChunk >= format.chunkRows) await cut();
    onProgress?.(rows, part.bytes + part.scratch.bytes);
  }
  if (inChunk > 0) await cut();
  onProgress?.(rows, part.bytes + part.scratch.bytes);
  return rows;
}
