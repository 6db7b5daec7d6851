import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from '../e2e/command.ts';
import { type Installation, ROOT } from '../e2e/installation.ts';
import { csv, json, jsonLines, log, markup, terminal, xml } from './inert.ts';

/** A place where a stranger's words come out again. */
export interface Sink {
  readonly name: string;
  /** Everything of it that there is, piece by piece. */
  read(from: Published): Promise<readonly string[]>;
  /** What is wrong with a piece; nothing if all is well. */
  wrong(text: string): string[];
}

/** What there is to be read. */
export interface Published {
  readonly it: Installation;
  /** The attempts that carried hostile strings. */
  readonly ids: readonly string[];
}

/** Where words come out. Whoever adds an export, a page for programs, a command or a log adds a line here. */
export const SINKS: readonly Sink[] = [
  { name: 'attempts as JSON', read: path('/api/v1/attempts?limit=1000'), wrong: json },
  { name: 'attempts as JSON lines', read: path('/api/v1/attempts?format=jsonl'), wrong: jsonLines },
  { name: 'attempts as CSV', read: path('/api/v1/attempts?format=csv'), wrong: csv },
  { name: 'attempts as CSV in a terminal', read: path('/api/v1/attempts?format=csv'), wrong: withoutReturns(terminal) },
  { name: 'the record', read: ofEach(id => `/api/v1/attempts/${id}`), wrong: json },
  { name: 'the leaf', read: ofEach(id => `/api/v1/attempts/${id}/leaf`), wrong: json },
  { name: 'the flow', read: ofEach(id => `/api/v1/attempts/${id}/flow`), wrong: json },
  { name: 'filtered texts', read: ofEach(id => `/api/v1/attempts/${id}/text`), wrong: json },
  { name: 'whole texts', read: ofEach(id => `/api/v1/attempts/${id}/text?reveal=1`), wrong: json },
  { name: 'classes', read: path('/api/v1/classes'), wrong: json },
  { name: 'what is most frequent', read: path('/api/v1/stats/top'), wrong: json },
  { name: 'the snapshot', read: path('/live/snapshot.json'), wrong: json },
  { name: 'the feed', read: path('/feed.atom'), wrong: xml },
  { name: 'the badge', read: path('/badge.svg'), wrong: xml },
  { name: 'what happened', read: path('/api/v1/events'), wrong: json },
  { name: 'announcements', read: path('/api/v1/announcements'), wrong: json },
  { name: 'the status', read: path('/status.json'), wrong: json },
  { name: 'the first page without JavaScript', read: path('/'), wrong: both(markup, terminal) },
  { name: 'an attempt’s page before JavaScript', read: ofEach(id => `/attempts/${id}`), wrong: both(markup, terminal) },
  { name: './pinata status', read: commands(() => [['status']]), wrong: terminal },
  {
    name: './pinata evidence',
    read: commands(ids => ids.slice(0, 2).map(id => ['evidence', id, '--out', '/dev/null'])),
    wrong: terminal,
  },
  { name: 'tshark of ./pinata evidence', read: captures, wrong: () => [] },
  { name: 'the operator’s logs', read: ({ it }) => operatorLogs(it), wrong: log },
];

function path(at: string): Sink['read'] {
  return async ({ it }) => [await get(it, at)];
}

function ofEach(at: (id: string) => string): Sink['read'] {
  return ({ it, ids }) => Promise.all(ids.map(id => get(it, at(id))));
}

async function get({ url }: Installation, at: string): Promise<string> {
  const response = await fetch(url + at, { headers: { accept: at.startsWith('/attempts/') ? 'text/html' : '*/*' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${at}: ${text}`);
  return text;
}

function pinata(it: Installation, args: readonly string[]): Promise<Finished> {
  const env = { ...process.env, PINATA_DATA: it.data, PINATA_HTTP_PORT: String(it.ports.http) };
  return run(join(ROOT, 'pinata'), [...args], { env });
}

function commands(lines: (ids: readonly string[]) => string[][]): Sink['read'] {
  return async ({ it, ids }) => {
    const texts: string[] = [];
    for (const line of lines(ids)) {
      const { status, text } = await pinata(it, line);
      if (status !== 0) throw new Error(`${line.join(' ')}: ${text}`);
      texts.push(text);
    }
    return texts;
  };
}

/** A capture of an attempt, read by Wireshark's own reader, which fails where the file is damaged. */
async function captures({ it, ids }: Published): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-hostile-'));
  try {
    const texts: string[] = [];
    for (const id of ids.slice(0, 2)) {
      const file = join(folder, `${id}.pcapng`);
      const written = await pinata(it, ['evidence', id, '--out', file]);
      if (written.status !== 0) throw new Error(written.text);
      const { status, stdout, stderr } = await run('tshark', ['-r', file, '-T', 'json']);
      if (status !== 0) throw new Error(stderr);
      texts.push(stdout);
    }
    return texts;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the four processes wrote. PostgreSQL writes its log in a form of its own. */
export async function operatorLogs(it: Installation): Promise<string[]> {
  const folder = join(it.data, 'log');
  const names = (await readdir(folder)).filter(name => /^(gateway.*|supervisor|ingest|api)\.log$/.test(name));
  return Promise.all(names.map(name => readFile(join(folder, name), 'utf8')));
}

function both(...checks: Sink['wrong'][]): Sink['wrong'] {
  return text => checks.flatMap(check => check(text));
}

/** RFC 4180 ends lines with CRLF. */
function withoutReturns(check: Sink['wrong']): Sink['wrong'] {
  return text => check(text.replaceAll('\r\n', '\n'));
}
