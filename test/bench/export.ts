import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startTestDatabase } from '../../server/src/api/testing/test-database.ts';
import { FORMAT_NAMES } from '../../server/src/export/formats/format.ts';
import { loadMixture } from '../scale/load.ts';
import type { ExportRun } from './parts/export-once.ts';
import { median, printFigure, printMachine, printOthers } from './parts/report.ts';

/**
 * What it takes to write the whole log in each format, each time in a process of its own: of a tenth of the attempts and of all of them, so
 * that it shows whether the memory grows with them. `--rows` says how many attempts there are.
 */
const ROUNDS = 3;
const ROWS = '100000';
const DAYS = 10;
const PART = 10;
/** What is held does not depend on how much is written, but a garbage collector takes its time. */
const GROWTH_MAX = 1.5;
const FORMATS = FORMAT_NAMES.filter(name => name !== 'pcapng');
const ONCE = join(import.meta.dirname, 'parts/export-once.ts');

const run = promisify(execFile);
const { values } = parseArgs({ options: { rows: { type: 'string', default: ROWS } } });
const attempts = Number(values.rows);
printMachine('export');
await printOthers();
const database = await startTestDatabase();
const folder = await mkdtemp(join(tmpdir(), 'pinata-bench-export-'));
const clean = async () => {
  await database.stop();
  await rm(folder, { recursive: true, force: true });
};
const interrupted = () => void clean().finally(() => process.exit(1));
process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
try {
  const endUs = Math.floor(Date.now() / 60_000) * 60_000_000;
  await loadMixture(database.owner.pool, database.ownerUrl, { seed: 1, attempts, days: DAYS, endUs });
  printFigure('attempts', String(attempts));
  await measureAll();
} finally {
  await clean();
}

async function measureAll(): Promise<void> {
  const { rows } = await database.owner.pool.query<{ change: string }>('select change from counter');
  const snapshot = rows[0]?.change ?? '0';
  const runs = new Map(FORMATS.map(name => [name, { part: [] as ExportRun[], whole: [] as ExportRun[] }]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, { part, whole }] of runs) {
      part.push(await once(name, snapshot, Math.ceil(attempts / PART)));
      whole.push(await once(name, snapshot, attempts));
    }
  }
  console.log(`\n${'format'.padEnd(18)}    rows/s      MB/s        MB   memory MiB   of a tenth`);
  let growth = 0;
  for (const [name, { part, whole }] of runs) {
    const [memory, less] = [whole, part].map(some => median(some.map(({ memoryMiB }) => memoryMiB)));
    const seconds = median(whole.map(one => one.seconds));
    const megabytes = (whole[0]?.bytes ?? 0) / 1e6;
    const figures = [attempts / seconds, megabytes / seconds, megabytes, memory ?? 0, less ?? 0];
    const [perSecond, ...others] = figures.map((figure, index) => figure.toFixed(index === 1 ? 1 : 0));
    console.log(name.padEnd(18) + perSecond?.padStart(10) + others.map(text => text.padStart(10)).join(''));
    growth = Math.max(growth, (memory ?? 0) / (less ?? 1));
    if (new Set(whole.map(({ sha256 }) => sha256)).size > 1) throw new Error(`${name} was not the same file each time`);
  }
  printFigure('most memory, all to a tenth of the attempts', growth.toFixed(2), {
    text: `≤ ${GROWTH_MAX}`,
    met: growth <= GROWTH_MAX,
  });
}

async function once(name: string, snapshot: string, rows: number): Promise<ExportRun> {
  const file = join(folder, name);
  const { stdout } = await run(process.execPath, [ONCE, database.apiUrl, name, file, snapshot, String(rows)]);
  return JSON.parse(stdout);
}
