import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Closed } from '../wire/facts.ts';
import { type AttemptFact, readAll, type TestHouse, testGateway, until } from './gateway.fixture.ts';
import type { GuestHandler } from './guest.fixture.ts';

const GRACE_MS = 300;
const PLACES = 2;
const HELLO = Buffer.concat([Buffer.from([22, 3, 1, 0, 200]), Buffer.alloc(200, 1)]);
const SEALED = Buffer.concat([Buffer.from([23, 3, 3, 0, 30]), Buffer.alloc(30, 2)]);
/** What a guest sends up to its decision; then it keeps the connection. */
const decides: GuestHandler = socket => {
  socket.once('data', () => socket.write(Buffer.concat([HELLO, SEALED, SEALED])));
};
const listens: GuestHandler = socket => void socket.resume();

/** A gateway whose guest has two places for others than the self-test, and how to come to it. */
async function crowded(t: TestContext, handler: GuestHandler, env: Record<string, string> = {}) {
  const settings = { PINATA_GRACE_MS: String(GRACE_MS), ...env };
  const { house, gateway } = await testGateway(t, handler, settings, { placesServer: PLACES + 1 });
  const port = gateway.ports.get('prize')?.server ?? 0;
  const sockets: Socket[] = [];
  /** From an address of its own, in a network of its own. */
  const come = async (network: number): Promise<Socket> => {
    const localAddress = `127.9.${network}.1`;
    const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true, noDelay: true });
    t.after(() => socket.destroy());
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  /** All go, so that the gateway need not wait for them when it stops. */
  const leave = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return { house, come, leave };
}

function factsFrom(house: TestHouse, network: number): AttemptFact[] {
  const opened = house.opened().find(({ source }) => source.ip === `127.9.${network}.1`);
  return house.factsOf(opened?.id ?? '');
}

/** How the attempt from this network ended. */
function endOf(house: TestHouse, network: number): Closed | undefined {
  return factsFrom(house, network).find(fact => fact.kind === 'close');
}

/** Waits until the guest was dialled for the attempt from this network. */
async function served(house: TestHouse, network: number): Promise<void> {
  await until(() => factsFrom(house, network).some(fact => fact.kind === 'dial' && fact.ok));
}

test('when all places are taken the slowest gives way to a newcomer, once its grace is over', async t => {
  const { house, come, leave } = await crowded(t, listens);
  const [slow, faster] = [await come(1), await come(2)];
  slow.write('x');
  faster.write(HELLO);
  for (const network of [1, 2]) await served(house, network);
  const newcomer = await come(3);
  newcomer.write(HELLO);
  assert.equal((await readAll(slow)).length, 0);
  const end = endOf(house, 1);
  assert.deepEqual([end?.end, end?.by, end?.how, end?.bytesIn], ['evicted', 'gateway', 'fin', 1]);
  await served(house, 3);
  assert.equal(endOf(house, 2), undefined);
  leave();
});

test('about whom the guest has decided nobody gives way; the newcomer is told so and is a row', async t => {
  const { house, come, leave } = await crowded(t, decides);
  const decided = [await come(1), await come(2)];
  for (const socket of decided) {
    socket.write('x');
    await once(socket, 'data');
  }
  const newcomer = await come(3);
  newcomer.write(HELLO);
  assert.equal((await readAll(newcomer)).length, 0);
  const end = endOf(house, 3);
  assert.deepEqual([end?.end, end?.bytesIn], ['gateway_limited', HELLO.length]);
  assert.equal(house.closed().length, 1);
  leave();
});

test('who lingers after the guest has ended gives way at once, and ended as the guest ended it', async t => {
  const { house, come, leave } = await crowded(t, socket => void socket.once('data', () => socket.end('no')), {
    PINATA_GRACE_MS: '20000',
  });
  const lingering = [await come(1), await come(2)];
  for (const socket of lingering) {
    socket.write('x');
    await readAll(socket);
  }
  const newcomer = await come(3);
  newcomer.write(HELLO);
  assert.equal(String(await readAll(newcomer)), 'no');
  const end = endOf(house, 1);
  assert.deepEqual([end?.end, end?.by, end?.how], ['done', 'guest', 'fin']);
  leave();
});

test('whoever resets while waiting for a place is gone at once', async t => {
  const { house, come, leave } = await crowded(t, listens, { PINATA_GRACE_MS: '20000' });
  for (const network of [1, 2]) {
    (await come(network)).write('x');
    await served(house, network);
  }
  const waiting = await come(3);
  waiting.write(HELLO);
  await until(() => factsFrom(house, 3).some(({ kind }) => kind === 'data'));
  waiting.resetAndDestroy();
  await until(() => endOf(house, 3) !== undefined);
  assert.deepEqual([endOf(house, 3)?.by, endOf(house, 3)?.how], ['peer', 'rst']);
  leave();
});

test('more that is said while waiting arrives, in order', async t => {
  const heard = new Map<string, string>();
  const { house, come, leave } = await crowded(t, (socket, { id }) => {
    socket.on('data', bytes => heard.set(id, `${heard.get(id) ?? ''}${bytes}`));
  });
  for (const network of [1, 2]) {
    (await come(network)).write('x');
    await served(house, network);
  }
  const waiting = await come(3);
  const isWritten = () => factsFrom(house, 3).some(({ kind }) => kind === 'data');
  waiting.write('first ');
  await until(isWritten);
  waiting.write('second');
  await until(() => heard.get(factsFrom(house, 3)[0]?.id ?? '') === 'first second');
  leave();
});

test('when all connections are taken somebody silent of a crowd gives way to a newcomer, and is a row', async t => {
  const { house, come, leave } = await crowded(t, listens, { PINATA_CAP_SERVER: '2' });
  const silent = [await come(1), await come(1)];
  await until(() => house.opened().length === 2);
  const newcomer = await come(3);
  newcomer.write(HELLO);
  await readAll(silent[0] ?? newcomer);
  const end = endOf(house, 1);
  assert.deepEqual([end?.end, end?.by, end?.bytesIn], ['evicted', 'gateway', 0]);
  await served(house, 3);
  leave();
});
