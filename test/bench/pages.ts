import { parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { APP_PAGES } from '../../server/src/api/routes/pages.ts';
import { CLASSES } from '../../server/src/classify/classes/registry.ts';
import { startApiProcess } from '../e2e/feed/api-process.ts';
import { questionsFor } from '../scale/questions.ts';
import { FirstByte } from './parts/first-byte.ts';
import { startLoadedDatabase } from './parts/loaded-database.ts';
import { median, percentile, printFigure, printMachine, printOthers } from './parts/report.ts';

/**
 * What a visitor waits for until the first byte of each page, and of each answer of the API, comes from a real api with many attempts
 * in its log, caches and all; a static file is asked for in turn with them. `--rows` says how many attempts there are. The dashboard
 * must be built.
 */
const ROUNDS = 20;
const GOAL_MS = 200;
const ROWS = '1000000';
const ASSET = '/icon.svg';
/** Answered by a process that is not here, or without an end. */
const LEFT_OUT = [
  /^\/api\/v1\/stream$/,
  /^\/api\/v1\/me$/,
  /^\/api\/v1\/claims\//,
  /\/(private|pcap|transcript|text)$/,
  /proof/,
];

interface Asked {
  readonly name: string;
  path(round: number): string;
}

const { values } = parseArgs({ options: { rows: { type: 'string', default: ROWS } } });
printMachine('pages');
await printOthers();
const database = await startLoadedDatabase(Number(values.rows));
try {
  const api = await startApiProcess(database.apiUrl, { env: { PINATA_LOG_LEVEL: 'error' } });
  try {
    await askAll(api.port, database.owner.pool);
  } finally {
    await api.stop();
  }
} finally {
  await database.stop();
}

async function askAll(port: number, pool: Pool): Promise<void> {
  const client = new FirstByte(port);
  const groups = {
    page: await pagesOf(pool),
    'API route': await routesOf(port, pool),
    'question about attempts or counts': await questionsFor(pool),
  };
  const all = Object.values(groups).flat();
  const times = new Map(all.map(asked => [asked, [] as number[]]));
  const asset: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const address = `127.21.0.${round + 1}`;
    for (const asked of all) {
      asset.push(await client.ask(ASSET, address));
      times.get(asked)?.push(await client.ask(asked.path(round), address));
    }
  }
  client.close();
  const floor = median(asset);
  console.log(
    `\n${`first byte, milliseconds of ${ROUNDS} rounds`.padEnd(46)}         median            p95   of a file's`,
  );
  printLine(`static file ${ASSET}`, asset, floor);
  for (const [asked, some] of times) printLine(asked.name, some, floor);
  for (const [group, questions] of Object.entries(groups)) {
    const p95s = questions.map(asked => percentile(times.get(asked) ?? [], 0.95));
    const worst = Math.max(...p95s);
    const goal = { text: `< ${GOAL_MS} ms`, met: worst < GOAL_MS };
    printFigure(`highest p95: ${group}`, `${worst.toFixed(1)} ms`, goal);
  }
}

function printLine(name: string, some: readonly number[], floor: number): void {
  const [middle, high] = [median(some), percentile(some, 0.95)];
  const columns = [
    middle.toFixed(1).padStart(14),
    high.toFixed(1).padStart(14),
    (middle / floor).toFixed(1).padStart(14),
  ];
  console.log(`${name.padEnd(46)} ${columns.join(' ')}`);
}

async function pagesOf(pool: Pool): Promise<Asked[]> {
  const [id = ''] = await idsIn(pool);
  const first = CLASSES[0]?.id ?? '';
  const filled = APP_PAGES.map(path =>
    path.replace('/attempts/:id', `/attempts/${id}`).replace('/classes/:id', `/classes/${first}`),
  );
  return ['/', ...filled, '/docs'].map(path => fixed(`page ${path}`, path));
}

/** Each path of the API's own description that can be asked without more ado. */
async function routesOf(port: number, pool: Pool): Promise<Asked[]> {
  const response = await fetch(`http://127.0.0.1:${port}/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, { get?: object }> };
  const ids = await idsIn(pool);
  return Object.entries(paths)
    .filter(([path, { get }]) => get && LEFT_OUT.every(pattern => !pattern.test(path)))
    .flatMap(([path]): Asked[] => {
      if (path === '/api/v1/stats/top') return [fixed(`${path}?by=country`, `${path}?by=country`)];
      if (!path.includes('{')) return [fixed(path, path)];
      if (path.startsWith('/api/v1/attempts/'))
        return [{ name: path, path: round => path.replace('{id}', ids[round % ids.length] ?? '') }];
      if (path.startsWith('/api/v1/classes/'))
        return [{ name: path, path: round => path.replace('{id}', CLASSES[round % CLASSES.length]?.id ?? '') }];
      return [];
    });
}

function fixed(name: string, path: string): Asked {
  return { name, path: () => path };
}

async function idsIn(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from attempt where seq in (
       select (random() * (select max(last_seq) from attempt_day))::bigint from generate_series(1, 40))
     and superseded_change is null limit 20`,
  );
  return rows.map(({ id }) => id);
}
