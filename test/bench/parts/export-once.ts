import { rm } from 'node:fs/promises';
import { openDatabase } from '../../../server/src/api/database.ts';
import { type ExportedFile, exportFile } from '../../../server/src/export/export-file.ts';
import { FORMAT_NAMES } from '../../../server/src/export/formats/format.ts';
import { ROW_FORMATS } from '../../../server/src/export/formats.ts';
import { rowPages } from '../../../server/src/export/row-pages.ts';

/** Writes one file in a process of its own, whose memory is then that of the export: `export-once.ts URL FORMAT PATH SNAPSHOT ROWS`. */

/** What it prints, as JSON. */
export interface ExportRun extends Pick<ExportedFile, 'rows' | 'bytes' | 'sha256'> {
  readonly seconds: number;
  /** The most that it ever held. */
  readonly memoryMiB: number;
}

const [url = '', name, path = '', snapshot, rows] = process.argv.slice(2);
const formatName = FORMAT_NAMES.find(one => one === name);
if (formatName === undefined || formatName === 'pcapng') throw new Error(`${name} is not made of rows alone`);
const format = await ROW_FORMATS[formatName]();
const database = openDatabase(url, 2, { warn: () => undefined });
const request = { filter: { before: Number(rows) + 1 }, snapshot: Number(snapshot) };
const begun = performance.now();
const {
  rows: written,
  bytes,
  sha256,
} = await exportFile({
  ...{ path, mode: 0o600, format, snapshot: request.snapshot, subject: formatName, resume: false },
  signal: new AbortController().signal,
  pages: after => rowPages(database, request, format.pageRows, after),
});
const run: ExportRun = {
  ...{ rows: written, bytes, sha256 },
  seconds: (performance.now() - begun) / 1000,
  memoryMiB: process.resourceUsage().maxRSS / 1024,
};
await database.stop();
await rm(path);
console.log(JSON.stringify(run));
