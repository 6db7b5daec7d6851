import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestDatabase } from '../../server/src/api/testing/test-database.ts';
import { type ApiProcess, startApiProcess } from '../e2e/feed/api-process.ts';
import { cpuSeconds, peakMiB, percentile, printFigure, printMachine, printOthers } from './parts/report.ts';
import type { FromClients } from './parts/stream-clients.ts';
import type { PublishedBatch } from './parts/stream-publisher.ts';

/** The live stream with many readers: the api on one core for itself; readers, database and publisher on the others. */
const CLIENTS = 2000;
const CLIENTS_PER_ADDRESS = 16;
const CLIENT_PROCESSES = 2;
const ATTEMPTS_PER_SECOND = 100;
const SECONDS = 30;
const LATE_MS = 1000;
const API_CORE = '0';
const OTHER_CORES = `1-${Math.max(1, availableParallelism() - 1)}`;

type Done = Extract<FromClients, { kind: 'done' }>;

printMachine('stream');
await printOthers();
// Whatever is started inherits this; the api then gets its own core.
onOtherCores(process.pid);
const database = await startTestDatabase();
const children: ChildProcess[] = [];
let api: ApiProcess | null = null;
try {
  const publisher = child('stream-publisher.ts', [database.ownerUrl, String(ATTEMPTS_PER_SECOND)]);
  await pause(1000);
  api = await startApiProcess(database.apiUrl, { wrapper: ['taskset', '-c', API_CORE] });
  await measure(api, publisher);
} finally {
  for (const one of children) one.kill();
  await api?.stop();
  await database.stop();
}

async function measure({ port, pid }: ApiProcess, publisher: ChildProcess): Promise<void> {
  const before = await snapshot(port);
  const opening = performance.now();
  const share = String(CLIENTS / CLIENT_PROCESSES);
  const groups = Array.from({ length: CLIENT_PROCESSES }, (_, group) =>
    child('stream-clients.ts', [
      String(port),
      share,
      String(CLIENTS_PER_ADDRESS),
      String(before.cursor),
      String(group),
    ]),
  );
  const failures: string[] = [];
  for (const group of groups) {
    group.on('message', (message: FromClients) => {
      if (message.kind === 'failed') failures.push(message.why);
    });
  }
  await Promise.all(groups.map(group => heard(group, 'open')));
  const openS = (performance.now() - opening) / 1000;
  const { cursor: measuredFrom } = await snapshot(port);
  for (const group of groups) group.send('measure');
  const [cpu, since] = [cpuSeconds(pid()), performance.now()];
  await pause(SECONDS * 1000);
  const cpuShare = (cpuSeconds(pid()) - cpu) / ((performance.now() - since) / 1000);
  const memory = peakMiB(pid());
  publisher.send('stop');
  const [batches] = (await once(publisher, 'message')) as [PublishedBatch[]];
  // The last round goes out within another second or two.
  await pause(3000);
  for (const group of groups) group.send('stop');
  const results = await Promise.all(groups.map(group => heard(group, 'done')));

  const published = new Map<number, number>();
  for (const { from, to, atMs } of batches) for (let change = from; change <= to; change++) published.set(change, atMs);
  const newest = Math.max(...published.keys());
  const lateness = results
    .flatMap(({ frames }) => frames)
    .filter(({ firstChange }) => firstChange > measuredFrom)
    .map(({ firstChange, atMs }) => atMs - (published.get(firstChange) ?? Number.NaN));
  const rate = (newest - measuredFrom) / SECONDS;
  const { lost, doubled } = accountFor(results, before.cursor, newest);
  printFigure('streams, all open after', `${openS.toFixed(1)} s`);
  printFigure('changes published a second', rate.toFixed(0));
  printFigure('frames of attempts, of all kinds', `${sum(results, 'attemptFrames')}, ${sum(results, 'allFrames')}`);
  for (const part of [0.5, 0.99, 1]) {
    const ms = percentile(lateness, part);
    const goal = part === 0.99 ? { text: `≤ ${LATE_MS} ms`, met: ms <= LATE_MS } : undefined;
    printFigure(
      `a frame after its first change, ${part === 1 ? 'worst' : `p${part * 100}`}`,
      `${ms.toFixed(0)} ms`,
      goal,
    );
  }
  printFigure('changes that a reader was not told of', String(lost), { text: '0', met: lost === 0 });
  printFigure('changes that a reader was told of twice', String(doubled), { text: '0', met: doubled === 0 });
  printFigure('streams cut, reset or refused', String(failures.length), { text: '0', met: failures.length === 0 });
  const most = (of: 'maxFramesPerSecond' | 'maxRowsPerSecond') => Math.max(...results.map(result => result[of]));
  printFigure('most frames a reader got in a second', String(most('maxFramesPerSecond')));
  printFigure('most rows a reader got in a second', String(most('maxRowsPerSecond')));
  printFigure('the api took of its core', `${(cpuShare * 100).toFixed(0)} %`);
  printFigure('peak memory of the api', `${memory.toFixed(0)} MiB`);
  for (const why of new Set(failures)) console.log(`  ${why}`);
}

/** Every reader is to be told of every change once. */
function accountFor(results: readonly Done[], after: number, newest: number): { lost: number; doubled: number } {
  const readers = new Map<number, number>();
  for (const { tellings } of results) {
    for (const { change, readers: count } of tellings) readers.set(change, (readers.get(change) ?? 0) + count);
  }
  let [lost, doubled] = [0, 0];
  for (let change = after + 1; change <= newest; change++) {
    const told = readers.get(change) ?? 0;
    lost += Math.max(0, CLIENTS - told);
    doubled += Math.max(0, told - CLIENTS);
  }
  return { lost, doubled };
}

function sum(results: readonly Done[], of: 'attemptFrames' | 'allFrames'): number {
  return results.reduce((total, result) => total + result[of], 0);
}

function child(script: string, args: readonly string[]): ChildProcess {
  const started = fork(join(import.meta.dirname, 'parts', script), [...args]);
  children.push(started);
  return started;
}

/** The api's core is its own. */
function onOtherCores(pid: number): void {
  execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', OTHER_CORES, String(pid)], { stdio: 'ignore' });
}

async function heard<K extends FromClients['kind']>(from: ChildProcess, kind: K) {
  for (;;) {
    const [message] = (await once(from, 'message')) as [FromClients];
    if (message.kind === kind) return message as Extract<FromClients, { kind: K }>;
  }
}

async function snapshot(port: number): Promise<{ cursor: number }> {
  return (await (await fetch(`http://127.0.0.1:${port}/live/snapshot.json`)).json()) as { cursor: number };
}
