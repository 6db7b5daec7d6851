import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PinataError } from '../errors.ts';
import { polite, readAll, silent, TestHouse, testGateway, until } from './gateway.fixture.ts';
import { TestGuest } from './guest.fixture.ts';
import { startGateway } from './start.ts';

const echo = (socket: Socket) => socket.pipe(socket);

test('an attempt is named, recorded, forwarded with its preface, and ends in one close with exact byte counts', async t => {
  const { house, guest, connect } = await testGateway(t, echo);
  const attacker = await connect('server', 'practice');
  const { localPort } = attacker;
  attacker.end('hello');
  assert.equal(String(await readAll(attacker)), 'hello');
  const [close] = await house.closes();
  const [opened] = house.opened();
  assert.ok(opened && close);
  assert.equal(opened.id, close.id);
  assert.ok(guest.ids.includes(opened.id));
  const { target, channel, guestRole, bootId, source, selfTest } = opened;
  assert.deepEqual(
    { target, channel, guestRole, bootId, ip: source.ip, selfTest },
    {
      target: 'practice',
      channel: 'server',
      guestRole: 'server',
      bootId: guest.bootId,
      ip: '127.0.0.1',
      selfTest: null,
    },
  );
  assert.equal(source.port, localPort);
  assert.deepEqual(
    house.factsOf(opened.id).map(fact => fact.kind),
    ['open', 'data', 'dial', 'data', 'close'],
  );
  const { end, by, how, bytesIn, bytesOut } = close;
  assert.deepEqual(
    { end, by, how, bytesIn, bytesOut },
    { end: 'done', by: 'peer', how: 'fin', bytesIn: 5, bytesOut: 5 },
  );
});

test('open is on disk before the guest is dialled, close before the attacker sees the end', async t => {
  let openWasThere = false;
  const { house, connect } = await testGateway(t, (socket, { id }) => {
    if (house?.opened().some(opened => opened.id === id)) openWasThere = true;
    socket.resume();
    socket.on('end', () => socket.end());
  });
  const attacker = await connect();
  attacker.end('x');
  await readAll(attacker);
  assert.equal(house.closed().length, 1);
  assert.equal(openWasThere, true);
});

test('a silent attacker costs the guest nothing and is a row', async t => {
  const { house, guest, connect } = await testGateway(t, echo);
  const attacker = await connect();
  attacker.end();
  await readAll(attacker);
  const [close] = await house.closes();
  assert.deepEqual([close?.end, close?.by, close?.how, close?.bytesIn], ['done', 'peer', 'fin', 0]);
  assert.ok(!guest.ids.includes(close?.id ?? ''));
});

test('in the client role the guest is dialled at accept and speaks first', async t => {
  const { house, connect } = await testGateway(t, (socket, { role }) => {
    if (role === 'client') socket.end('guest first');
    socket.resume();
  });
  const attacker = await connect('client');
  assert.equal(String(await readAll(attacker)), 'guest first');
  attacker.end();
  const [close] = await house.closes();
  assert.deepEqual([close?.by, close?.how, close?.bytesOut], ['guest', 'fin', 11]);
  assert.equal(house.opened()[0]?.guestRole, 'client');
});

test("an attacker's half-close reaches the guest, which may go on sending", async t => {
  const answer = randomBytes(1 << 20);
  const { house, connect } = await testGateway(t, async socket => {
    socket.resume();
    await once(socket, 'end');
    socket.end(answer);
  });
  const attacker = await connect();
  attacker.end('question');
  assert.ok((await readAll(attacker)).equals(answer));
  const [close] = await house.closes();
  assert.deepEqual([close?.by, close?.how, close?.bytesOut], ['peer', 'fin', answer.length]);
});

test("a guest's half-close reaches the attacker, who may go on sending", async t => {
  let got = '';
  const { house, connect } = await testGateway(t, socket => {
    socket.on('data', bytes => {
      got += bytes;
    });
    socket.once('data', () => socket.end('bye'));
  });
  const attacker = await connect();
  attacker.write('one ');
  assert.equal(String(await readAll(attacker)), 'bye');
  assert.equal(house.closed().length, 0);
  attacker.end('two');
  const [close] = await house.closes();
  assert.deepEqual([close?.by, close?.how, close?.bytesIn, close?.bytesOut], ['guest', 'fin', 7, 3]);
  await until(() => got === 'one two');
});

test("an attacker's reset reaches the guest as a reset", async t => {
  let guestSaw: string | undefined;
  const { house, connect } = await testGateway(t, socket => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      guestSaw = error.code;
    });
    socket.once('data', () => socket.write('seen'));
  });
  const attacker = await connect();
  attacker.write('x');
  await once(attacker, 'data');
  attacker.resetAndDestroy();
  const [close] = await house.closes();
  assert.deepEqual([close?.end, close?.by, close?.how], ['done', 'peer', 'rst']);
  await until(() => guestSaw === 'ECONNRESET');
});

test("a guest's reset reaches the attacker as a reset", async t => {
  const { house, connect } = await testGateway(t, socket => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const attacker = await connect();
  attacker.write('x');
  await assert.rejects(readAll(attacker), { code: 'ECONNRESET' });
  const [close] = await house.closes();
  assert.deepEqual([close?.by, close?.how], ['guest', 'rst']);
});

test('1 MiB each way arrives exactly although both sides read slowly', async t => {
  const [up, down] = [randomBytes(1 << 20), randomBytes(1 << 20)];
  const slowly = async (socket: Socket) => {
    const hash = createHash('sha256');
    let pauses = 20;
    for await (const part of socket.iterator({ destroyOnReturn: false })) {
      hash.update(part);
      if (pauses-- > 0) await delay(5);
    }
    return hash.digest('hex');
  };
  let guestGot: string | undefined;
  const { house, connect } = await testGateway(t, async socket => {
    socket.end(down);
    guestGot = await slowly(socket);
  });
  const attacker = await connect('server', 'practice');
  attacker.end(up);
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  assert.equal(await slowly(attacker), sha256(down));
  const [close] = await house.closes();
  assert.deepEqual([close?.bytesIn, close?.bytesOut], [up.length, down.length]);
  await until(() => guestGot === sha256(up));
  const recorded = house.factsOf(close?.id ?? '');
  for (const [dir, bytes] of [
    ['in', up],
    ['out', down],
  ] as const) {
    const kept = Buffer.concat(
      recorded.flatMap(f => (f.kind === 'data' && f.dir === dir ? Buffer.from(f.bytes, 'base64') : [])),
    );
    assert.ok(kept.equals(bytes.subarray(0, 256 << 10)));
    const [rest, ...more] = recorded.flatMap(f => (f.kind === 'withheld' && f.dir === dir ? f : []));
    assert.equal(more.length, 0);
    assert.deepEqual(
      [rest?.why, rest?.at, rest?.length, rest?.sha256],
      ['cap', 256 << 10, bytes.length - (256 << 10), sha256(bytes.subarray(256 << 10))],
    );
  }
});

test('over the cap per address an attempt is still a row', async t => {
  const { house, connect } = await testGateway(t, echo, { PINATA_CAP_PER_ADDRESS: '2' });
  const held = [await connect(), await connect()];
  const third = await connect();
  await readAll(third);
  const [close] = await house.closes();
  assert.deepEqual([close?.end, close?.by], ['gateway_limited', 'gateway']);
  assert.equal(house.opened().length, 3);
  for (const socket of held) socket.end();
  await house.closes(3);
  const again = await connect();
  again.end('x');
  assert.equal(String(await readAll(again)), 'x');
});

test('a flood of practice leaves prize open', async t => {
  const { house, connect } = await testGateway(t, echo, { PINATA_CAP_GLOBAL: '4', PINATA_CAP_PER_ADDRESS: '100' });
  for (let n = 0; n < 5; n++) await connect('server', 'practice');
  await house.closes(3);
  const attacker = await connect();
  attacker.end('x');
  assert.equal(String(await readAll(attacker)), 'x');
});

test('above the rate connections are refused and summed, not recorded one by one', async t => {
  const { house, gateway, connect } = await testGateway(t, echo, { PINATA_RATE_PER_ADDRESS: '3' });
  for (let n = 0; n < 8; n++) await connect().catch(() => {});
  await until(() => house.opened().length === 3);
  await gateway.stop();
  const sums = house.facts().flatMap(fact => (fact.kind === 'refused' ? fact : []));
  assert.equal(house.opened().length, 3);
  assert.equal(
    sums.reduce((sum, { count }) => sum + count, 0),
    5,
  );
  for (const sum of sums) assert.deepEqual([sum.target, sum.channel, sum.ip], ['prize', 'server', '127.0.0.1']);
});

test('with the guest down the attempt is still a row', async t => {
  const { house, connect } = await testGateway(t, echo);
  house.tell([{ target: 'prize', state: 'down', guest: null }]);
  await until(() => house.isHeard);
  const attacker = await connect();
  attacker.write('anybody?');
  await readAll(attacker);
  const [close] = await house.closes();
  assert.deepEqual([close?.end, close?.by, close?.bytesIn], ['backend_unavailable', 'gateway', 8]);
  const dialled = house.factsOf(close?.id ?? '').find(fact => fact.kind === 'dial');
  assert.equal(dialled?.kind === 'dial' && dialled.ok, false);
});

test('a guest that comes back within a moment is waited for', async t => {
  const { house, guest, connect } = await testGateway(t, echo);
  guest.stop();
  const next = await TestGuest.start(t, echo);
  const attacker = await connect();
  attacker.end('hold on');
  await until(() => house.opened().length === 1);
  await delay(300);
  house.tell([next.state('prize')]);
  assert.equal(String(await readAll(attacker)), 'hold on');
  assert.deepEqual(next.ids.includes(house.opened()[0]?.id ?? ''), true);
});

test('stopping ends what is open as a shutdown, and is done once', async t => {
  const { house, gateway, connect } = await testGateway(t, echo);
  const attacker = await connect();
  attacker.write('x');
  await once(attacker, 'data');
  await Promise.all([gateway.stop(), gateway.stop()]);
  const [close] = house.closed();
  assert.deepEqual([close?.end, close?.by], ['shutdown', 'gateway']);
  await assert.rejects(connect());
});

test('a port in use is told with its number and the variable that chooses it', async t => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const house = new TestHouse(t, { PINATA_PRACTICE_PORT: String(port) });
  await assert.rejects(startGateway(house.config, silent), (error: unknown) => {
    assert.ok(error instanceof PinataError);
    assert.deepEqual([error.code, error.details.port], ['PORT_IN_USE', port]);
    assert.match(error.text, /PINATA_PRACTICE_PORT/);
    return true;
  });
});

test('both roles are relayed into each other as a self-test under ids that were registered first', async t => {
  const { house, guest } = await testGateway(t, polite);
  const run = house.facts().find(fact => fact.kind === 'self_test' && fact.target === 'practice');
  assert.ok(run?.kind === 'self_test');
  assert.equal(run.bootId, guest.bootId);
  const ids = [run.serverId, run.clientId, run.noCertificateId];
  const bytes = (id: string, dir: string) =>
    house
      .factsOf(id)
      .flatMap(fact => (fact.kind === 'data' && fact.dir === dir ? String(Buffer.from(fact.bytes, 'base64')) : []))
      .join('');
  assert.equal(bytes(run.clientId, 'out'), 'question');
  assert.equal(bytes(run.serverId, 'in'), 'question');
  assert.equal(bytes(run.serverId, 'out'), 'question, answer');
  assert.equal(bytes(run.clientId, 'in'), 'question, answer');
  assert.ok(bytes(run.noCertificateId, 'in').startsWith('\x16\x03'), 'a TLS hello');
  for (const id of ids) {
    const [opened] = house.factsOf(id);
    assert.ok(opened?.kind === 'open' && opened.selfTest === run.pair);
  }
  const order = house
    .facts()
    .map(fact => (fact.kind === 'self_test' ? fact.pair : fact.kind === 'open' ? fact.id : ''));
  for (const id of ids) assert.ok(order.indexOf(run.pair) < order.indexOf(id));
});

test('beats come', async t => {
  const { house } = await testGateway(t, echo);
  await until(() => house.facts().filter(({ kind }) => kind === 'beat').length >= 2);
});

test('while the supervisor is away its last word holds', async t => {
  const { house, connect } = await testGateway(t, echo);
  house.dropConnections();
  const attacker = await connect();
  attacker.end('still');
  assert.equal(String(await readAll(attacker)), 'still');
  await until(() => house.isHeard);
});
