import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { CallbackDialler } from './callback-dialler.ts';
import { readAll, testGateway, until } from './gateway.fixture.ts';
import { TokenBuckets } from './token-buckets.ts';

/** More at once than one network may cause. */
const CALLS = 12;

const echo = (socket: Socket) => socket.pipe(socket);

test('a connect-back reaches the initiator, an openssl s_server, as one attempt with the guest as TLS client', async t => {
  const port = await openssl(t);
  const { house, connect } = await testGateway(
    t,
    socket => {
      const client = connectTls({ socket, rejectUnauthorized: false });
      client.on('secureConnect', () => client.end('GET / HTTP/1.0\r\n\r\n'));
      client.on('error', () => {});
      client.resume();
    },
    { PINATA_CALLBACK_PORT: String(port) },
  );
  const first = await connect('callback', 'practice');
  assert.equal((await readAll(first)).length, 0, 'the first connection is only a bell');
  first.destroy();
  const [close] = await house.closes();
  const [opened] = house.opened();
  assert.ok(opened && close);
  assert.deepEqual([opened.id, opened.channel, opened.guestRole], [close.id, 'callback', 'client']);
  assert.ok(close.bytesIn > 500, 'a server flight came from s_server');
  assert.equal(house.opened().length, 1);
  const dials = house.factsOf(opened.id).flatMap(fact => (fact.kind === 'dial' ? [[fact.to, fact.ok]] : []));
  assert.deepEqual(dials, [
    ['initiator', true],
    ['guest', true],
  ]);
});

test('an initiator who does not answer is tried twice and is still a row', async t => {
  const { house, guest, connect } = await testGateway(t, echo, { PINATA_CALLBACK_PORT: String(await closedPort()) });
  const first = await connect('callback');
  first.end();
  const [close] = await house.closes();
  assert.deepEqual([close?.end, close?.by], ['callback_unreachable', 'gateway']);
  assert.ok(!guest.ids.includes(close?.id ?? ''));
  const dialled = house.factsOf(close?.id ?? '').find(fact => fact.kind === 'dial');
  assert.ok(dialled?.kind === 'dial' && dialled.to === 'initiator' && dialled.error === 'ECONNREFUSED');
});

test('outside the lab nobody can make the gateway dial an address that is not global', async t => {
  const server = createServer();
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const port = await listening(t, server);
  const { house, connect } = await testGateway(t, echo, { PINATA_CALLBACK_PORT: String(port), PINATA_LAB: '0' });
  (await connect('callback')).end();
  const [close] = await house.closes();
  assert.deepEqual([close?.end, connections], ['callback_unreachable', 0]);
});

test('outside the lab nobody can make the gateway dial itself', async () => {
  const dialler = new CallbackDialler({ port: 9, lab: false, ownAddresses: () => ['8.8.8.8'] });
  assert.deepEqual(await dialler.dial('8.8.8.8'), { error: 'EADDRNOTAVAIL', why: 'unreachable' });
});

test('connect-backs into one network are rationed', async t => {
  const port = await listening(t, createServer());
  const dialler = new CallbackDialler({ port, lab: true, ration: new TokenBuckets(1, 60_000) });
  const first = await dialler.dial('127.0.0.1');
  assert.ok('socket' in first);
  first.socket.destroy();
  assert.deepEqual(await dialler.dial('127.0.0.1'), { error: 'EAGAIN', why: 'limited' });
});

test('connect-backs on their way are few, in one network and in all', async () => {
  const port = await closedPort();
  const atOnce = { perNetwork: 2, total: 3 };
  const dialler = new CallbackDialler({ port, lab: true, atOnce, retryAfterMs: 100 });
  const dial = async (ip: string) => {
    const result = await dialler.dial(ip);
    return 'error' in result ? result.error : 'connected';
  };
  const one = await Promise.all(['127.5.1.1', '127.5.1.2', '127.5.1.3'].map(dial));
  assert.deepEqual(one, ['ECONNREFUSED', 'ECONNREFUSED', 'EAGAIN']);
  const all = await Promise.all(['127.5.1.1', '127.5.2.1', '127.5.3.1', '127.5.4.1'].map(dial));
  assert.deepEqual(all, ['ECONNREFUSED', 'ECONNREFUSED', 'ECONNREFUSED', 'EAGAIN']);
});

test('a connect-back that is refused is a row, and nobody was dialled', async t => {
  const port = await closedPort();
  const { house, connect } = await testGateway(t, echo, { PINATA_CALLBACK_PORT: String(port) });
  for (let n = 0; n < CALLS; n++) (await connect('callback', 'practice')).end();
  const closes = await house.closes(CALLS);
  const limited = closes.filter(({ end }) => end === 'gateway_limited');
  const dialled = closes.filter(({ end }) => end === 'callback_unreachable');
  assert.equal(limited.length + dialled.length, CALLS);
  assert.ok(limited.length > 0);
  for (const { id } of limited) assert.ok(!house.factsOf(id).some(({ kind }) => kind === 'dial'));
  for (const { id } of dialled) assert.ok(house.factsOf(id).some(({ kind }) => kind === 'dial'));
});

test('the second try reaches a listener that was late', async t => {
  const port = await closedPort();
  const dialler = new CallbackDialler({ port, lab: true, retryAfterMs: 300 });
  const dialling = dialler.dial('127.0.0.1');
  const server = createServer();
  await new Promise(resolve => setImmediate(resolve));
  setTimeout(() => server.listen(port, '127.0.0.1'), 50);
  t.after(() => server.close());
  const result = await dialling;
  assert.ok('socket' in result);
  result.socket.destroy();
});

/** Starts `openssl s_server` with a certificate of its own. */
async function openssl(t: TestContext): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-callback-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const port = await closedPort();
  const server = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-key', key, '-cert', cert, '-www']);
  t.after(() => server.kill());
  let said = '';
  server.stdout.on('data', text => {
    said += text;
  });
  await until(() => said.includes('ACCEPT'));
  return port;
}

async function listening(t: TestContext, server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
