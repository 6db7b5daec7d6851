import type { Database } from '../../api/database.ts';
import { newestChange } from '../../api/queries/log-state.ts';
import type { Config } from '../../config.ts';
import { capturePorts } from '../../evidence/capture-ports.ts';
import { capturePages, type EvidenceSource } from '../../export/capture-pages.ts';
import { type ExportedFile, exportFile, type FileOrder } from '../../export/export-file.ts';
import { readFilter } from '../../export/filter-text.ts';
import { captures } from '../../export/formats/captures.ts';
import { FORMAT_NAMES, type FormatName } from '../../export/formats/format.ts';
import { ROW_FORMATS } from '../../export/formats.ts';
import { unfinishedSubject } from '../../export/part-file.ts';
import { rowPages } from '../../export/row-pages.ts';
import { type ExportSubject, readSubject, subjectLine } from '../../export/subject.ts';
import { Evidence } from '../answers.ts';
import { usage } from '../arguments.ts';
import type { Command, Invocation } from '../command.ts';
import { openControl } from '../control.ts';
import { openProgressLine } from '../progress-line.ts';
import { openReaderDatabase } from '../reader-database.ts';

const PUBLIC_MODE = 0o644;
/** For whoever may see what the public may not. */
const PRIVATE_MODE = 0o600;
const MEGABYTE = 1e6;
/** What a shell says of a command that was interrupted: 128 and the number of the signal. */
const INTERRUPTED = 130;

export const exportCommand: Command = {
  usage: `export --format ${FORMAT_NAMES.join('|')} --out FILE
      [--filter 'target=prize&depthMin=3'] [--from TIME] [--to TIME] [--snapshot N] [--tier P|R] [--resume]`,
  summary: 'write the log, or what a filter leaves of it, to a file: docs/data/formats.md',
  flags: {
    format: { type: 'string', default: 'jsonl' },
    out: { type: 'string' },
    filter: { type: 'string', default: '' },
    from: { type: 'string' },
    to: { type: 'string' },
    snapshot: { type: 'string' },
    tier: { type: 'string', default: 'P' },
    resume: { type: 'boolean', default: false },
  },
  words: { min: 0, max: 0 },
  run: async invocation => {
    const { flags, clientConfig, print } = invocation;
    if (typeof flags.out !== 'string' || flags.out === '') throw usage('--out says which file it goes to.');
    const config = clientConfig();
    const database = await openReaderDatabase(config);
    const cancel = new AbortController();
    const interrupt = () => cancel.abort(new Error('interrupted'));
    process.once('SIGINT', interrupt);
    try {
      const subject = await subjectOf(flags, flags.out, database);
      const file = await write(subject, { path: flags.out, config, database, signal: cancel.signal, flags });
      report(file, flags.out, subject, print);
      return 0;
    } catch (error) {
      if (!cancel.signal.aborted) throw error;
      print('Cancelled; nothing is left of it.');
      return INTERRUPTED;
    } finally {
      process.off('SIGINT', interrupt);
      await database.stop();
    }
  },
};

/** What is asked for. An export that is gone on with stays of the snapshot and the day that it was begun with. */
async function subjectOf(flags: Invocation['flags'], path: string, database: Database): Promise<ExportSubject> {
  const format = formatOf(String(flags.format));
  const tier = tierOf(String(flags.tier), format);
  const times = new URLSearchParams(String(flags.filter));
  for (const name of ['from', 'to']) if (flags[name] !== undefined) times.append(name, String(flags[name]));
  const filter = readFilter(times.toString());
  const line = flags.resume === true ? await unfinishedSubject(path) : null;
  const begun = line === null ? null : readSubject(line);
  const newest = await newestChange(database);
  const snapshot = flags.snapshot === undefined ? (begun?.snapshot ?? newest) : snapshotOf(String(flags.snapshot));
  if (snapshot > newest) throw usage(`The log has not come to ${snapshot} yet; it is at ${newest}.`);
  const asOf = format === 'pcapng' ? (begun?.asOf ?? new Date().toISOString().slice(0, 'YYYY-MM-DD'.length)) : null;
  return { format, tier, snapshot, filter, asOf };
}

interface Surroundings {
  readonly path: string;
  readonly config: Config;
  readonly database: Database;
  readonly signal: AbortSignal;
  readonly flags: Invocation['flags'];
}

async function write(subject: ExportSubject, around: Surroundings): Promise<ExportedFile> {
  const { path, database, signal, flags } = around;
  const line = openProgressLine(process.stderr);
  const begun = performance.now();
  const shared = {
    ...{ path, signal, snapshot: subject.snapshot, subject: subjectLine(subject), resume: flags.resume === true },
    onProgress: (rows: number, bytes: number) => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      line.show(`${rows} rows, ${(bytes / MEGABYTE).toFixed(1)} MB, ${seconds} s`);
    },
  };
  const { format } = subject;
  try {
    if (format === 'pcapng') return await writeCaptures(subject, shared, around);
    const rowFormat = await ROW_FORMATS[format]();
    const pages = (after: number | null) => rowPages(database, subject, rowFormat.pageRows, after);
    return await exportFile({ ...shared, mode: PUBLIC_MODE, format: rowFormat, pages });
  } finally {
    line.clear();
  }
}

type Shared = Omit<FileOrder<never>, 'format' | 'pages' | 'mode'>;

/** What is kept beside the rows is not for the api's role: ingest hands it out, to whom it lets. */
async function writeCaptures(
  subject: ExportSubject,
  shared: Shared,
  { config, database }: Surroundings,
): Promise<ExportedFile> {
  const { settings, layout } = config;
  const control = openControl(layout.sockets.ingestControl);
  const prizes = await database.query<{ name: string }>('select name from target where prize');
  const source: EvidenceSource = {
    evidenceOf: async id => (await control.ask({ method: 'GET', path: `/evidence/${id}` }, Evidence)).evidence,
    portsOf: target => capturePorts(target, settings),
    prizes: new Set(prizes.map(({ name }) => name)),
    asOfUs: Date.parse(subject.asOf ?? '') * 1000,
  };
  const pages = (after: number | null) => capturePages(rowPages(database, subject, captures.pageRows, after), source);
  try {
    return await exportFile({ ...shared, mode: PRIVATE_MODE, format: captures, pages });
  } finally {
    await control.close();
  }
}

function report(file: ExportedFile, path: string, { snapshot }: ExportSubject, print: (line: string) => void): void {
  print(path);
  print(`snapshot   ${snapshot}`);
  print(`rows       ${file.rows}${file.resumedAt > 0 ? `, of which ${file.resumedAt} were there already` : ''}`);
  print(`bytes      ${file.bytes}`);
  print(`sha256     ${file.sha256}`);
}

function formatOf(text: string): FormatName {
  const format = FORMAT_NAMES.find(name => name === text);
  if (!format) throw usage(`There is no format ${text}; there are: ${FORMAT_NAMES.join(', ')}.`);
  return format;
}

function tierOf(text: string, format: FormatName): ExportSubject['tier'] {
  if (text !== 'P' && text !== 'R') throw usage('--tier is P, what is public, or R, for vetted researchers.');
  if (format === 'pcapng' && text === 'P') {
    throw usage('Captures are for vetted researchers and not public: say so with --tier R.');
  }
  if (format !== 'pcapng' && text === 'R') throw usage(`${format} has public fields alone: leave out --tier.`);
  return text;
}

function snapshotOf(text: string): number {
  const snapshot = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(snapshot))
    throw usage('--snapshot is a change of the log, a number.');
  return snapshot;
}
