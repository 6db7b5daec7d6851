import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { mock, type TestContext, test } from 'node:test';
import { newAttemptId, newUuidV7, nowMicros } from '../wire/ids.ts';
import { until } from './gateway.fixture.ts';
import { TestGuest } from './guest.fixture.ts';
import { type Caller, GuestDialler, NO_PLACE } from './guest-dialler.ts';
import type { PlaceLimits } from './places.ts';
import { SOURCE_ADDRESS } from './source-ports.ts';
import type { Guest } from './targets.ts';
import { connectTcp } from './tcp.ts';

const newId = () => newAttemptId(nowMicros());
const limits: PlaceLimits = { perNetwork: 100, graceMs: 60_000, waiting: 100, waitMs: 0, restMs: 0 };
const always: Caller = {
  network: 'here',
  selfTest: false,
  isWanted: () => true,
  progress: () => ({ bytesIn: 1, isWhole: true, stage: 'handshake' }),
  giveWay: () => {},
};

/** A guest that is said to be at these ports. */
async function guestAt(t: TestContext, ports: Pick<Guest, 'serverPorts' | 'clientPorts'>): Promise<Guest> {
  const { guest } = (await TestGuest.start(t, () => {})).state('prize');
  assert.ok(guest);
  return { ...guest, ...ports };
}

const only = (guest: Guest | null) => ({ guest: () => guest, waitForGuest: async () => null });

/** Listens on ports of its own and puts whoever comes into `far`. */
function listen(t: TestContext, count: number, far: Socket[]): Promise<number[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer(socket => void far.push(socket)).listen(0, '127.0.0.1');
      t.after(() => server.close());
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address ? address.port : 0;
    }),
  );
}

/** Dials that end when the test says so. */
class HeldDials {
  readonly open: { port: number; end(error: string): void }[] = [];

  readonly connect: typeof connectTcp = ({ port }) =>
    new Promise(resolve => void this.open.push({ port, end: error => resolve({ error }) }));
}

test('each host port has one unfinished dial, the rest wait, and each role has ports of its own', async t => {
  const held = new HeldDials();
  const guest = await guestAt(t, { serverPorts: [1, 2, 3], clientPorts: [4] });
  const dialler = new GuestDialler(only(guest), 'prize', { limits, connect: held.connect });
  const ended: number[] = [];
  const dials = [0, 1, 2, 3, 4].map(async n => {
    await dialler.dial('server', newId(), always);
    ended.push(n);
  });
  void dialler.dial('client', newId(), always);
  await until(() => held.open.length === 4);
  assert.deepEqual(held.open.map(({ port }) => port).sort(), [1, 2, 3, 4]);
  held.open.find(({ port }) => port === 2)?.end('ECONNREFUSED');
  await until(() => held.open.length === 5);
  assert.equal(held.open[4]?.port, 2);
  for (let n = 0; n < 6; n++) {
    await until(() => held.open.length > n);
    held.open[n]?.end('ECONNREFUSED');
  }
  await Promise.all(dials);
  assert.deepEqual(ended.sort(), [0, 1, 2, 3, 4]);
});

test('the ports are taken in turn', async t => {
  const dialled: number[] = [];
  const refuse: typeof connectTcp = async ({ port }) => {
    dialled.push(port);
    return { error: 'ECONNREFUSED' };
  };
  const guest = await guestAt(t, { serverPorts: [1, 2, 3], clientPorts: [] });
  const dialler = new GuestDialler(only(guest), 'prize', { limits, connect: refuse });
  for (let n = 0; n < 6; n++) await dialler.dial('server', newId(), always);
  assert.deepEqual(dialled, [1, 2, 3, 1, 2, 3]);
});

test('a new boot is dialled at its own ports while dials to the old one are still waiting', async t => {
  const held = new HeldDials();
  const old = await guestAt(t, { serverPorts: [1], clientPorts: [] });
  const next = { ...old, bootId: newUuidV7(Date.now()), serverPorts: [2] };
  let now = old;
  const targets = { guest: () => now, waitForGuest: async () => next };
  const dialler = new GuestDialler(targets, 'prize', { limits, connect: held.connect });
  for (let n = 0; n < 2; n++) void dialler.dial('server', newId(), always);
  await until(() => held.open.length === 1);
  now = next;
  void dialler.dial('server', newId(), always);
  await until(() => held.open.length === 2);
  assert.deepEqual(
    held.open.map(({ port }) => port),
    [1, 2],
  );
});

test('whoever is gone when the turn comes is not dialled for, and the turn is the next one’s', async t => {
  const held = new HeldDials();
  const guest = await guestAt(t, { serverPorts: [1], clientPorts: [] });
  const dialler = new GuestDialler(only(guest), 'prize', { limits, connect: held.connect });
  let isWanted = true;
  const first = dialler.dial('server', newId(), always);
  const gone = dialler.dial('server', newId(), { ...always, isWanted: () => isWanted });
  const third = dialler.dial('server', newId(), always);
  isWanted = false;
  await until(() => held.open.length === 1);
  held.open[0]?.end('ECONNREFUSED');
  assert.deepEqual(await first, { error: 'ECONNREFUSED' });
  assert.deepEqual(await gone, { error: 'ECANCELED' });
  await until(() => held.open.length === 2);
  held.open[1]?.end('ETIMEDOUT');
  assert.deepEqual(await third, { error: 'ETIMEDOUT' });
});

test('no two connections to a guest come from the same port, through whichever host ports', async t => {
  const far: Socket[] = [];
  const guest = await guestAt(t, { serverPorts: await listen(t, 4, far), clientPorts: [] });
  const dialler = new GuestDialler(only(guest), 'prize', { limits, answerWaitMs: 1 });
  const dials = await Promise.all(Array.from({ length: 64 }, () => dialler.dial('server', newId(), always)));
  for (const dialled of dials) {
    assert.ok('socket' in dialled);
    t.after(() => dialled.socket.destroy());
  }
  await until(() => far.length === 64);
  assert.equal(new Set(far.map(({ remotePort }) => remotePort)).size, 64);
  for (const { remoteAddress } of far) assert.equal(remoteAddress, SOURCE_ADDRESS);
});

test('a dial is finished when the guest has spoken, or when it is gone', async t => {
  const far: Socket[] = [];
  const guest = await guestAt(t, { serverPorts: await listen(t, 1, far), clientPorts: [] });
  const connect = mock.fn(connectTcp);
  const dialler = new GuestDialler(only(guest), 'prize', { limits, connect, answerWaitMs: 60_000 });
  const dial = async () => {
    const dialled = await dialler.dial('server', newId(), always);
    assert.ok('socket' in dialled);
    t.after(() => dialled.socket.destroy());
    return dialled.socket;
  };
  const first = await dial();
  const second = dial();
  await until(() => far.length === 1);
  assert.equal(connect.mock.callCount(), 1);
  far[0]?.write('hello');
  assert.equal(String(await once(first, 'data')), 'hello');
  await second;
  const third = dial();
  await until(() => far.length === 2);
  assert.equal(connect.mock.callCount(), 2);
  (await second).destroy();
  await third;
  assert.equal(connect.mock.callCount(), 3);
});

test('a guest that says nothing does not keep its port for long', async t => {
  const guest = await guestAt(t, { serverPorts: await listen(t, 1, []), clientPorts: [] });
  const dialler = new GuestDialler(only(guest), 'prize', { limits, answerWaitMs: 1 });
  for (let n = 0; n < 3; n++) {
    const dialled = await dialler.dial('server', newId(), always);
    assert.ok('socket' in dialled);
    t.after(() => dialled.socket.destroy());
  }
});

test('a guest is dialled for no more than its places, less one for the self-test, until a connection ends', async t => {
  const guest = await guestAt(t, { serverPorts: await listen(t, 4, []), clientPorts: [1] });
  const full = { ...guest, limits: { ...guest.limits, placesServer: 3, placesClient: 1 } };
  const dialler = new GuestDialler(only(full), 'prize', { limits, answerWaitMs: 1 });
  let networks = 0;
  const dial = async (options = {}) => {
    const dialled = await dialler.dial('server', newId(), { ...always, network: `${++networks}`, ...options });
    if ('error' in dialled) return dialled.error;
    t.after(() => dialled.socket.destroy());
    return dialled.socket;
  };
  const [first, second, third] = await Promise.all([dial(), dial(), dial()]);
  assert.ok(typeof first === 'object' && typeof second === 'object');
  assert.equal(third, NO_PLACE);
  assert.equal(typeof (await dial({ selfTest: true })), 'object');
  assert.deepEqual(await dialler.dial('client', newId(), always), { error: NO_PLACE });
  first.destroy();
  second.destroy();
  await Promise.all([once(first, 'close'), once(second, 'close')]);
  assert.equal(typeof (await dial()), 'object');
  assert.equal(typeof (await dial()), 'object');
  assert.equal(await dial(), NO_PLACE);
});

test('a source port that is taken is passed over, but not for ever', async t => {
  const sources: number[] = [];
  let taken = 3;
  const connect: typeof connectTcp = async ({ localPort = 0 }) => {
    sources.push(localPort);
    return { error: taken-- > 0 ? 'EADDRINUSE' : 'ECONNREFUSED' };
  };
  const guest = await guestAt(t, { serverPorts: [1], clientPorts: [] });
  const dialler = new GuestDialler(only(guest), 'prize', { limits, connect });
  assert.deepEqual(await dialler.dial('server', newId(), always), { error: 'ECONNREFUSED' });
  assert.equal(new Set(sources).size, 4);
  taken = Number.POSITIVE_INFINITY;
  assert.deepEqual(await dialler.dial('server', newId(), always), { error: 'EADDRINUSE' });
});
