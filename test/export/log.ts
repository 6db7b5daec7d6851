import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../../server/src/api/database.ts';
import { makeRecords, publish } from '../../server/src/api/testing/records.ts';
import { startTestDatabase, type TestDatabase } from '../../server/src/api/testing/test-database.ts';
import { type ExportedFile, exportFile, type FileOrder } from '../../server/src/export/export-file.ts';
import type { FormatName } from '../../server/src/export/formats/format.ts';
import { ROW_FORMATS } from '../../server/src/export/formats.ts';
import type { PublicAttempt } from '../../server/src/export/project.ts';
import { rowPages } from '../../server/src/export/row-pages.ts';
import { subjectLine } from '../../server/src/export/subject.ts';
import { loadMixture } from '../scale/load.ts';

/** A day in 2026, at noon, in microseconds. */
const END_US = Date.UTC(2026, 10, 24, 12) * 1000;

const CHANNELS = ['server', 'callback', 'client'] as const;

export type RowFormat = Exclude<FormatName, 'pcapng'>;

/** A log with usual and with hostile attempts, and a folder for files of it. */
export interface TestLog {
  readonly server: TestDatabase;
  /** As the api's role. */
  readonly reader: Database;
  readonly folder: string;
  readonly snapshot: number;
  /** Every public row of the snapshot, in order. */
  rows(): Promise<PublicAttempt[]>;
  /** Writes a file of it. */
  write(
    format: RowFormat,
    name: string,
    rest?: Partial<FileOrder<PublicAttempt>>,
  ): Promise<ExportedFile & { path: string }>;
  stop(): Promise<void>;
}

export async function startTestLog({ usual, hostile }: { usual: number; hostile: number }): Promise<TestLog> {
  const server = await startTestDatabase();
  const reader = openDatabase(server.apiUrl, 2, { warn: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), 'pinata-export-'));
  // The users of the services, which a command looks out for, can pass through.
  await chmod(folder, 0o755);
  await loadMixture(server.owner.pool, server.ownerUrl, { seed: 1, attempts: usual, days: 3, endUs: END_US });
  const wanted = Array.from({ length: hostile }, (_, index) => ({
    startedUs: END_US + index * 1000,
    channel: CHANNELS[index % CHANNELS.length] ?? 'server',
  }));
  await publish(server, makeRecords(wanted, 7));
  const [counter] = await reader.query<{ change: number }>('select change from counter');
  const snapshot = counter?.change ?? 0;
  const request = { filter: {}, snapshot };
  return {
    ...{ server, reader, folder, snapshot },
    rows: async () => (await Array.fromAsync(rowPages(reader, request, 1_000, null))).flatMap(({ rows }) => rows),
    write: async (name, file, rest = {}) => {
      const format = await ROW_FORMATS[name]();
      const path = join(folder, file);
      const order: FileOrder<PublicAttempt> = {
        ...{ path, mode: 0o600, format, snapshot, resume: false, signal: new AbortController().signal },
        subject: subjectLine({ format: name, tier: 'P', asOf: null, ...request }),
        pages: after => rowPages(reader, request, format.pageRows, after),
        ...rest,
      };
      return { path, ...(await exportFile(order)) };
    },
    stop: async () => {
      await reader.stop();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
