import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dial, readAll, TestHouse, until } from './gateway.fixture.ts';
import { TestGuest } from './guest.fixture.ts';

const ROUNDS = 3;
const AT_ONCE = 16;

test('kill -9 under load: every attempt whose end an attacker saw is in the spool, with its close, and none twice', async t => {
  const port = await freeThreePorts(t);
  const house = new TestHouse(t, {
    PINATA_PRACTICE_PORT: String(port),
    PINATA_CAP_PER_ADDRESS: '1000',
    PINATA_RATE_PER_ADDRESS: '1000000',
    PINATA_SELF_TEST_S: '86400',
  });
  const guest = await TestGuest.start(t, (socket: Socket) => socket.pipe(socket));
  house.tell([guest.state('practice')]);
  const allEnded = new Set<number>();
  /** Those that ended before a kill: of later ones the kernel may have sent the end. */
  const endedByGateway = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const gateway = await startChild(t, house, port);
    const ended = new Set<number>();
    const load = Array.from({ length: AT_ONCE }, () => attackUntilRefused(port, ended));
    await until(() => ended.size >= 150 + round * 70);
    for (const sourcePort of ended) endedByGateway.add(sourcePort);
    gateway.kill('SIGKILL');
    await Promise.all([...load, once(gateway, 'exit')]);
    for (const sourcePort of ended) allEnded.add(sourcePort);
  }
  // Opening it again is what cuts a torn tail.
  const last = await startChild(t, house, port);
  last.kill('SIGTERM');
  await once(last, 'exit');
  const opened = house.opened();
  assert.equal(new Set(opened.map(({ id }) => id)).size, opened.length);
  const closed = house.closed();
  assert.equal(new Set(closed.map(({ id }) => id)).size, closed.length);
  const closedIds = new Set(closed.map(({ id }) => id));
  const openedPorts = new Set(opened.map(({ source }) => source.port));
  const closedPorts = new Set(opened.filter(({ id }) => closedIds.has(id)).map(({ source }) => source.port));
  assert.deepEqual(allEnded.difference(openedPorts), new Set());
  assert.deepEqual(endedByGateway.difference(closedPorts), new Set());
  const openedIds = new Set(house.facts().flatMap(fact => (fact.kind === 'open' ? fact.id : [])));
  assert.deepEqual(
    new Set(guest.ids).difference(openedIds),
    new Set(),
    'dialled for an attempt that is not in the spool',
  );
});

/** Attacks one after the other, and notes the own port of each attempt that came to its end. */
async function attackUntilRefused(port: number, ended: Set<number>): Promise<void> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    try {
      await once(socket, 'connect');
      const { localPort = 0 } = socket;
      const everything = readAll(socket);
      socket.end(`from ${localPort}`);
      if (String(await everything) === `from ${localPort}`) ended.add(localPort);
    } catch {
      return;
    } finally {
      socket.destroy();
    }
  }
}

async function startChild(t: TestContext, house: TestHouse, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, ...house.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await until(() => child.exitCode === null && house.isHeard);
  for (let probe: Socket | null = null; !probe; ) {
    probe = await dial(t, port).catch(() => null);
    probe?.destroy();
  }
  return child;
}

/** The first of three ports that were free a moment ago. */
async function freeThreePorts(t: TestContext): Promise<number> {
  for (let first = 20_000 + (process.pid % 10_000); ; first += 3) {
    const taken = await Promise.all(
      [0, 1, 2].map(n =>
        dial(t, first + n).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!taken.includes(true)) return first;
  }
}
