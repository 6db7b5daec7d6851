import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { type Config, readConfig } from '../config.ts';
import { LineScanner } from '../spool/line.ts';
import { until as untilNamed } from '../testing/until.ts';
import type { Closed, Fact, GatewayFact, GuestLimits, Opened } from '../wire/facts.ts';
import type { TargetState } from '../wire/targets.ts';
import { type GuestHandler, TestGuest } from './guest.fixture.ts';
import { type RunningGateway, startGateway } from './start.ts';

export type AttemptFact = Extract<GatewayFact, { id: string }>;

/** A folder of its own, with a supervisor's targets socket in it. */
export class TestHouse {
  readonly config: Config;
  readonly env: Record<string, string>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #states: TargetState[] = [];

  constructor(t: TestContext, env: Record<string, string>) {
    const data = mkdtempSync(join(tmpdir(), 'pinata-gateway-'));
    this.env = { PINATA_DATA: data, PINATA_PRIZE_PORT: '0', PINATA_PRACTICE_PORT: '0', ...env };
    this.config = readConfig(this.env);
    this.#server = createServer(socket => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      socket.write(this.#line());
    });
    mkdirSync(dirname(this.config.layout.sockets.targets), { recursive: true });
    this.#server.listen(this.config.layout.sockets.targets);
    t.after(() => {
      this.#server.close();
      for (const socket of this.#sockets) socket.destroy();
      rmSync(data, { recursive: true, force: true });
    });
  }

  /** Tells the gateway about its guests. */
  tell(states: TargetState[]): void {
    this.#states = states;
    for (const socket of this.#sockets) socket.write(this.#line());
  }

  /** As if the supervisor had died and come back. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Whether a gateway listens to what is told. */
  get isHeard(): boolean {
    return this.#sockets.size > 0;
  }

  /** Everything that the spool's files hold now. */
  facts(): Fact[] {
    const folder = this.config.layout.gateway;
    const files = readdirSync(folder).filter(name => name.endsWith('.spool'));
    return files
      .sort()
      .flatMap(name => new LineScanner(0).push(readFileSync(join(folder, name))).flatMap(l => l.fact ?? []));
  }

  /** The facts of one attempt, in order. */
  factsOf(id: string): AttemptFact[] {
    return this.facts().filter((fact): fact is AttemptFact => 'id' in fact && fact.id === id && fact.kind !== 'guest');
  }

  /** Attempts from outside, in the order in which they came. */
  opened(): Opened[] {
    return this.facts().filter((fact): fact is Opened => fact.kind === 'open' && fact.selfTest === null);
  }

  closed(): Closed[] {
    const ids = new Set(this.opened().map(({ id }) => id));
    return this.facts().filter((fact): fact is Closed => fact.kind === 'close' && ids.has(fact.id));
  }

  /** Waits for the end of `count` attempts from outside, and answers their ends. */
  async closes(count = 1): Promise<Closed[]> {
    await until(() => this.closed().length >= count);
    return this.closed();
  }

  #line(): string {
    return `${JSON.stringify({ targets: this.#states })}\n`;
  }
}

export interface TestGateway {
  house: TestHouse;
  guest: TestGuest;
  gateway: RunningGateway;
  /** Connects to the prize target. */
  connect(channel?: 'server' | 'callback' | 'client', target?: string): Promise<Socket>;
}

export const silent = pino({ level: 'silent' });

/** A guest that answers the self-test's relay and lets it end. */
export const polite: GuestHandler = (socket, { role }) => {
  if (role === 'client') socket.write('question');
  else socket.once('data', bytes => socket.end(`${bytes}, answer`));
  socket.once('end', () => socket.end());
  socket.resume();
};

/** Starts a gateway in this process; once its self-tests are over, its guest does `handler` for prize and practice. */
export async function testGateway(
  t: TestContext,
  handler: GuestHandler,
  env: Record<string, string> = {},
  limits: Partial<GuestLimits> = {},
): Promise<TestGateway> {
  const house = new TestHouse(t, env);
  const gateway = await startGateway(house.config, silent);
  t.after(() => gateway.stop());
  const guest = await TestGuest.start(t, polite);
  house.tell([guest.state('prize', limits), guest.state('practice', limits)]);
  await until(() => house.facts().filter(({ kind }) => kind === 'close').length === 6);
  guest.handler = handler;
  return {
    house,
    guest,
    gateway,
    connect: (channel = 'server', target = 'prize') => dial(t, gateway.ports.get(target)?.[channel] ?? 0),
  };
}

/** A client socket that is destroyed after the test. */
export async function dial(t: TestContext, port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  t.after(() => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  return socket;
}

/** Everything that comes until the far end's FIN. */
export async function readAll(socket: Duplex): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await new Promise<void>((resolve, reject) => {
    socket.once('end', resolve);
    socket.once('error', reject);
  });
  return Buffer.concat(parts);
}

export function until(condition: () => boolean): Promise<void> {
  return untilNamed(String(condition), condition, 20_000);
}
