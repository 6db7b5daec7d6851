import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Layout, readConfig } from '../../../server/src/config.ts';
import { startBeat } from '../../../server/src/spool/beat.ts';
import { openSpool, type Spool } from '../../../server/src/spool/spool.ts';
import { newUuidV7 } from '../../../server/src/wire/ids.ts';
import type { TargetState } from '../../../server/src/wire/targets.ts';
import { freeRun } from '../../e2e/free-ports.ts';
import { BenchProgram } from './programs.ts';

const SOURCES = join(import.meta.dirname, '../../../server/src');
const MANY = '1000000';

/** More places than any guest has: here the guest is a sink. */
const LIMITS = {
  placesServer: 8192,
  placesClient: 64,
  handshakeMs: 20_000,
  releaseMs: 10_000,
  bytesBeforeAuthentication: 1 << 18,
  chainMax: 8,
  signaturesMax: 1 << 20,
};

/** A guest that stands behind `port`. */
export function guestAt(port: number): NonNullable<TargetState['guest']> {
  return {
    bootId: newUuidV7(Date.now()),
    host: '127.0.0.1',
    serverPorts: Array(16).fill(port),
    clientPorts: Array(16).fill(port),
    prefaceKey: Buffer.alloc(32, 1).toString('base64'),
    limits: LIMITS,
  };
}

/** A data folder with what a gateway and an ingest need around them: a supervisor that tells of one guest, and beats. */
export class GatewaySite {
  readonly env: NodeJS.ProcessEnv;
  readonly layout: Layout;
  /** Of practice, server role. */
  readonly port: number;
  readonly #folder: string;
  readonly #supervisor: Server;
  readonly #spool: Spool;
  readonly #stopBeat: () => void;
  readonly #programs: BenchProgram[] = [];

  private constructor(folder: string, base: number, env: NodeJS.ProcessEnv, supervisor: Server, spool: Spool) {
    this.env = env;
    this.layout = readConfig(env).layout;
    this.port = base;
    this.#folder = folder;
    this.#supervisor = supervisor;
    this.#spool = spool;
    this.#stopBeat = startBeat(spool);
  }

  /** `guest`: where the sink listens. */
  static async open(guest: number, settings: Record<string, string> = {}): Promise<GatewaySite> {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
    const base = await freeRun(6);
    const env = {
      ...process.env,
      PINATA_DATA: folder,
      PINATA_PRACTICE_PORT: String(base),
      PINATA_PRIZE_PORT: String(base + 3),
      PINATA_SPOOL_MIB: '8192',
      PINATA_SELF_TEST_S: '86400',
      PINATA_RATE_PER_ADDRESS: MANY,
      PINATA_CAP_PER_ADDRESS: '10000',
      PINATA_CAP_PER_NETWORK: '10000',
      PINATA_CAP_SERVER: '20000',
      PINATA_CAP_GLOBAL: '40000',
      PINATA_PLACES_PER_NETWORK: '4096',
      ...settings,
    };
    const { layout } = readConfig(env);
    const state: TargetState = { target: 'practice', state: 'ready', guest: guestAt(guest) };
    mkdirSync(dirname(layout.sockets.targets), { recursive: true });
    const supervisor = createServer(socket => socket.write(`${JSON.stringify({ targets: [state] })}\n`));
    supervisor.listen(layout.sockets.targets);
    const spool = await openSpool({ folder: layout.supervisor, name: 'supervisor', capBytes: 1 << 26 });
    await spool.serve(layout.sockets.supervisorSpool);
    return new GatewaySite(folder, base, env, supervisor, spool);
  }

  /** Starts one of the processes, and waits until it is ready. */
  async start(name: 'gateway' | 'ingest', core?: number, settings: Record<string, string> = {}): Promise<BenchProgram> {
    const options = { env: { ...this.env, ...settings }, ...(core === undefined ? {} : { core }) };
    const program = BenchProgram.node(join(SOURCES, name, 'main.ts'), [], options);
    this.#programs.push(program);
    await program.says('"ready"');
    return program;
  }

  async close(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.stop();
    this.#stopBeat();
    await this.#spool.close();
    this.#supervisor.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
