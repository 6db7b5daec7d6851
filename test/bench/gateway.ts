import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readConfig } from '../../server/src/config.ts';
import { until } from '../../server/src/testing/until.ts';
import { newUuidV7 } from '../../server/src/wire/ids.ts';
import type { TargetsSnapshot } from '../../server/src/wire/targets.ts';
import { freeRun } from '../e2e/free-ports.ts';
import { cpuSeconds, interleaved, printFigure, printMachine } from './parts/report.ts';

/**
 * Attempts per second through one gateway (500 bytes in, 200 back, a sink in place of the guest, all facts spooled) beside the
 * same load straight to the sink, in turn; medians of the rounds.
 */
const ROUNDS = 5;
const SECONDS = 3;
const LANES = 32;
const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');

const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
const base = await freeRun(6);
const env = {
  ...process.env,
  PINATA_DATA: folder,
  PINATA_PRIZE_PORT: String(base),
  PINATA_PRACTICE_PORT: String(base + 3),
  PINATA_SPOOL_MIB: '4096',
  PINATA_SELF_TEST_S: '86400',
  PINATA_RATE_PER_ADDRESS: '10000000',
  PINATA_CAP_PER_ADDRESS: '1000',
};
const { layout } = readConfig(env);
const children: ReturnType<typeof spawn>[] = [];

function program(path: string, args: string[]) {
  const child = spawn(process.execPath, [join(ROOT, path), ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function firstLine(child: ReturnType<typeof spawn>): Promise<string> {
  const [line] = await once(child.stdout ?? child, 'data');
  return String(line).trim();
}

/** Attempts per second of one load run, which must have no error. */
async function load(port: number): Promise<number> {
  const child = program('test/bench/parts/connect.ts', [String(port), String(LANES), String(SECONDS)]);
  const [attempts = 0, errors = 0] = (await firstLine(child)).split(' ').map(Number);
  if (errors > 0) throw new Error(`${errors} of ${attempts + errors} attempts failed`);
  total += attempts;
  return attempts / SECONDS;
}
let total = 0;

try {
  printMachine('gateway');
  const sink = Number(await firstLine(program('test/bench/parts/sink.ts', [])));
  const bare = Number(await firstLine(program('test/bench/parts/sink.ts', ['bare'])));
  const limits = {
    placesServer: 64,
    placesClient: 64,
    handshakeMs: 20_000,
    releaseMs: 10_000,
    bytesBeforeAuthentication: 1 << 18,
    chainMax: 8,
    signaturesMax: 1 << 20,
  };
  const guest = {
    bootId: newUuidV7(Date.now()),
    host: '127.0.0.1',
    serverPorts: Array(16).fill(sink),
    clientPorts: Array(16).fill(sink),
    prefaceKey: Buffer.alloc(32, 1).toString('base64'),
    limits,
  };
  const snapshot: TargetsSnapshot = { targets: [{ target: 'practice', state: 'ready', guest }] };
  mkdirSync(dirname(layout.sockets.targets), { recursive: true });
  const supervisor = createServer(socket => socket.write(`${JSON.stringify(snapshot)}\n`)).listen(
    layout.sockets.targets,
  );
  const gateway = program('server/src/gateway/main.ts', []);
  let log = '';
  gateway.stdout?.on('data', chunk => {
    log += chunk;
  });
  await until(
    'the gateway is ready',
    () => log.includes('"ready"'),
    20_000,
    () => log,
  );

  let cpu = 0;
  let through = 0;
  const { gateway: rate, direct } = await interleaved(ROUNDS, {
    direct: () => load(bare),
    gateway: async () => {
      const [before, attempts] = [cpuSeconds(gateway.pid ?? 0), total];
      const result = await load(base + 3);
      cpu += cpuSeconds(gateway.pid ?? 0) - before;
      through += total - attempts;
      return result;
    },
  });
  printFigure('attempts/s through the gateway', rate.toFixed(0), { text: '≥ 4000', met: rate >= 4000 });
  printFigure('attempts/s straight to the sink', direct.toFixed(0));
  printFigure('ratio', (rate / direct).toFixed(2));
  printFigure('CPU of the gateway per attempt', `${((cpu / through) * 1e6).toFixed(0)} µs`);
  supervisor.close();
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
