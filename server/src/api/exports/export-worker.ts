import { parentPort, workerData } from 'node:worker_threads';
import { exportFile } from '../../export/export-file.ts';
import { ROW_FORMATS } from '../../export/formats.ts';
import { rowPages } from '../../export/row-pages.ts';
import { type ExportSubject, subjectLine } from '../../export/subject.ts';
import { openDatabase } from '../database.ts';

/** Writes one file in a thread of its own, so that no answer waits for it. */

export interface WorkerOrder {
  readonly url: string;
  readonly subject: ExportSubject;
  readonly path: string;
  /** A file that grows beyond this is given up. */
  readonly bytesMax: number;
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly rows: number; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'too_large' };

const MODE = 0o600;

const { url, subject, path, bytesMax }: WorkerOrder = workerData;
const say = (message: WorkerMessage) => parentPort?.postMessage(message);
const tooLarge = new AbortController();
const database = openDatabase(url, 2, { warn: () => undefined });
try {
  if (subject.format === 'pcapng') throw new RangeError('a capture is not made of public rows');
  const format = await ROW_FORMATS[subject.format]();
  const { rows, bytes, sha256 } = await exportFile({
    ...{ path, format, mode: MODE, resume: false, snapshot: subject.snapshot, subject: subjectLine(subject) },
    signal: tooLarge.signal,
    pages: after => rowPages(database, subject, format.pageRows, after),
    onProgress: (soFar, size) => {
      say({ kind: 'progress', rows: soFar, bytes: size });
      if (size > bytesMax) tooLarge.abort();
    },
  });
  say({ kind: 'done', rows, bytes, sha256 });
} catch (error) {
  if (!tooLarge.signal.aborted) throw error;
  say({ kind: 'too_large' });
} finally {
  await database.stop();
}
