import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { decode } from 'cbor2';
import { PinataError } from '../errors.ts';
import { xOnly } from '../keys/secret-key.ts';
import { LENGTH_BYTES } from '../wire/channel-frames.ts';
import { type BootOrder, newPrefaceKey } from './provisioning.ts';
import { checkSecret, SecretProvider } from './secret-provider.ts';
import { GUEST_LIMITS } from './targets.ts';
import { until } from './until.fixture.ts';

const ORDER: BootOrder = {
  ...{ target: 'prize', prize: true, network: 'regtest' as const, publicUrl: 'http://pinata.example' },
  ...{ bootId: '0190a2b4-0000-7000-8000-000000000000', imageSha256: '00'.repeat(32), limits: GUEST_LIMITS },
  ...{ prefaceKey: newPrefaceKey(), authority: null },
};
const ONE = '01'.repeat(32);
const TWO = '02'.repeat(32);

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-secret-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** A channel as the hypervisor makes it, the host's end first. */
async function channel(t: TestContext, path: string): Promise<[Socket, Socket]> {
  const server = createServer().listen(path);
  t.after(() => server.close());
  await once(server, 'listening');
  const host = connect(path);
  const [guest] = await once(server, 'connection');
  t.after(() => host.destroy());
  return [host, guest];
}

/** A provider that leaves nothing waiting behind. */
function providerFor(t: TestContext, file: string, aheadAfterMs?: number): SecretProvider {
  const provider = new SecretProvider(file, join(dirname(file), 'compiled'), aheadAfterMs);
  t.after(() => provider.close());
  return provider;
}

/** Until they are reaped. */
function children(): string[] {
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
}

/** The processes that wait for an order. */
function waiting(): string[] {
  return children().filter(isWaiting);
}

function isWaiting(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith('secret-process.ts\0ahead\0');
  } catch {
    return false;
  }
}

/** A provider that has served one boot, with ONE in its file, and the process that waits for the next. Channels end with the test. */
async function afterOneBoot(t: TestContext) {
  const file = join(folder(t), 'prize.key');
  writeFileSync(file, ONE, { mode: 0o600 });
  const provider = providerFor(t, file, 0);
  const open = async () => {
    const pair = await provider.channel();
    t.after(() => {
      pair.host.destroy();
      pair.guest.destroy();
    });
    return pair;
  };
  const { host } = await open();
  await provider.prepare(ORDER, host).give(0);
  await until(() => waiting().length === 1);
  const [pid = ''] = waiting();
  return { provider, file, pid, open };
}

function keysIn(frame: Uint8Array): Map<string, unknown> {
  const [, , body] = decode<[number, string, Map<string, unknown>]>(frame.subarray(LENGTH_BYTES), { preferMap: true });
  const keys: Map<string, unknown>[] = Object(body.get('keys'));
  return new Map(keys.map(key => [String(key.get('role')), key.get('key')]));
}

test('each guest is given the key that the file holds then, and the supervisor its public half alone', async t => {
  const place = folder(t);
  const file = join(place, 'prize.key');
  for (const secret of [ONE, TWO]) {
    writeFileSync(file, secret, { mode: 0o600 });
    const [host, guest] = await channel(t, join(place, secret.slice(0, 2)));
    const prepared = providerFor(t, file).prepare(ORDER, host);
    const given = await prepared.give(0);
    const key = Buffer.from(secret, 'hex');
    assert.equal(given.keys[0]?.xOnly, Buffer.from(xOnly(key)).toString('hex'));
    assert.equal(given.prize?.internalKey, given.keys[0]?.xOnly);
    assert.ok(!JSON.stringify(given).includes(secret));
    // The process has ended and taken its copy of the channel along: this is the last one.
    host.end();
    const frame = await buffer(guest);
    const heap = keysIn(frame).get('heap');
    assert.deepEqual(Buffer.from(Object(keysIn(frame).get('vault'))), key);
    assert.ok(heap instanceof Uint8Array && given.keys[1]?.xOnly === Buffer.from(xOnly(heap)).toString('hex'));
    assert.ok(frame.includes('pinata release 1\n'));
  }
});

test('for the next boot a process waits that reads the file only when it is told to, and is gone afterwards', async t => {
  const { provider, file, pid, open } = await afterOneBoot(t);
  writeFileSync(file, TWO);
  const next = await open();
  const heard = once(next.guest.resume(), 'data');
  await provider.prepare(ORDER, next.host).give(0);
  assert.deepEqual(Buffer.from(Object(keysIn((await heard)[0]).get('vault'))), Buffer.from(TWO, 'hex'));
  await until(() => !children().includes(pid));
});

test('a process that died while it waited is replaced', async t => {
  const { provider, pid, open } = await afterOneBoot(t);
  process.kill(Number(pid), 'SIGKILL');
  await until(() => !children().includes(pid));
  const next = await open();
  assert.equal((await provider.prepare(ORDER, next.host).give(0)).keys.length, 2);
});

test('the channel stays the supervisor’s in both directions', async t => {
  const place = folder(t);
  const file = join(place, 'prize.key');
  writeFileSync(file, ONE, { mode: 0o600 });
  const [host, guest] = await channel(t, join(place, 'socket'));
  const heard = once(host, 'data');
  const prepared = providerFor(t, file).prepare(ORDER, host);
  guest.write('hello');
  assert.equal(String((await heard)[0]), 'hello');
  await prepared.give(0);
  host.end('stop');
  assert.match(String(await buffer(guest)), /stop$/);
});

test('a guest that ended before it was provided for gets nothing', async t => {
  const place = folder(t);
  const file = join(place, 'prize.key');
  writeFileSync(file, ONE, { mode: 0o600 });
  const [host, guest] = await channel(t, join(place, 'socket'));
  const prepared = providerFor(t, file).prepare(ORDER, host);
  prepared.abandon();
  host.destroy();
  assert.equal((await buffer(guest)).length, 0);
});

test('what is wrong with a file reaches the operator with its path, at start and at a boot', async t => {
  const place = folder(t);
  const file = join(place, 'given.key');
  const cache = join(place, 'compiled');
  const wrong = async (code: string, why: RegExp) => {
    const told = (error: unknown) =>
      error instanceof PinataError && error.code === code && error.details.path === file && why.test(error.message);
    await assert.rejects(checkSecret(file, 'regtest', false, cache), told);
    const [host] = await channel(t, join(place, code));
    await assert.rejects(providerFor(t, file).prepare(ORDER, host).give(0), told);
  };
  await wrong('SECRET_MISSING', /not there/);
  writeFileSync(file, ONE, { mode: 0o600 });
  chmodSync(file, 0o644);
  await wrong('SECRET_UNSAFE', /mode is 0644/);
  chmodSync(file, 0o600);
  writeFileSync(file, 'nonsense');
  await wrong('SECRET_INVALID', /hex digits/);
});
