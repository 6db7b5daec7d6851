import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { pino } from 'pino';
import { Pool } from 'undici';
import { type Config, readConfig } from '../config.ts';
import { PinataError } from '../errors.ts';
import { verifyProof } from '../keys/proof.ts';
import { encodeWif } from '../keys/secret-key.ts';
import type { Running } from '../process.ts';
import { readSpool, type SpoolReader } from '../spool/reader.ts';
import type { Fact } from '../wire/facts.ts';
import { type AttemptId, newAttemptId, nowMicros, uuidToBytes } from '../wire/ids.ts';
import { GUEST_SERVER_PORT, type TargetState } from '../wire/targets.ts';
import { readImage } from './image.ts';
import { startSupervisor } from './start.ts';
import { until } from './until.fixture.ts';

// The real thing: QEMU and the image that `pinata-image/build.sh` made. Without an image this fails with IMAGE_CORRUPT.

/** A key that nothing else contains, so that finding it anywhere means that it leaked. */
const CANARY = 'c0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eedc0ffee5eed0001';

const data = mkdtempSync(join(tmpdir(), 'pinata-supervisor-'));
const secretFile = join(data, 'canary.key');
const facts: Fact[] = [];
let log = '';
let config: Config;
let supervisor: Running;
let reader: SpoolReader;
let control: Pool;
let board: Socket;
let targets: TargetState[] = [];

before(async () => {
  writeFileSync(secretFile, CANARY, { mode: 0o600 });
  const env = { PINATA_DATA: data, PINATA_PRIZE_SECRET: secretFile, PINATA_ALLOW_SHARED_UID: '1' };
  config = readConfig({ ...env, PINATA_NETWORK: 'regtest' });
  await readImage(config.settings.PINATA_IMAGE);
  const stream = {
    write: (line: string) => {
      log += line;
    },
  };
  supervisor = await startSupervisor(config, pino({ level: 'debug' }, stream));
  const { supervisorSpool, supervisorControl, targets: targetsSocket } = config.layout.sockets;
  reader = readSpool({
    socketPath: supervisorSpool,
    from: null,
    onStart: () => {},
    onState: () => {},
    onFacts: async batch => void facts.push(...batch.map(({ fact }) => fact)),
  });
  control = new Pool('http://supervisor', { socketPath: supervisorControl });
  board = connect(targetsSocket);
  createInterface({ input: board }).on('line', line => {
    targets = JSON.parse(line).targets;
  });
  await until(() => targets.length === 2);
});

after(async () => {
  reader?.stop();
  board?.destroy();
  await control?.destroy();
  await supervisor?.stop();
  rmSync(data, { recursive: true });
});

const only = <K extends Fact['kind']>(kind: K) =>
  facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);

function guestOf(target: string): NonNullable<TargetState['guest']> {
  const guest = targets.find(each => each.target === target && each.state === 'ready')?.guest;
  if (!guest) throw new Error(`${target} is not ready`);
  return guest;
}

async function ask(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; answer: unknown }> {
  const json = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {};
  const response = await control.request({ method, path, ...json });
  return { status: response.statusCode, answer: await response.body.json() };
}

/** Every process's command line, and its environment where it may be read. */
function processes(): { pid: number; command: string; environment: string }[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'latin1');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => ({
      pid: Number(name),
      command: read(`/proc/${name}/cmdline`),
      environment: read(`/proc/${name}/environ`),
    }));
}

function qemuOf(target: string): number {
  const parent = new RegExp(`^PPid:\\s+${process.pid}$`, 'm');
  const found = processes().find(
    ({ pid, command }) =>
      command.includes(`-name\0pinata-${target}\0`) && parent.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
  );
  assert.ok(found, `no QEMU for ${target}`);
  return found.pid;
}

test('both targets are ready, each with its own boot, keys and authority', async () => {
  await until(() => only('ready').length >= 2);
  const [prize, practice] = ['prize', 'practice'].map(target => only('ready').find(fact => fact.target === target));
  assert.equal(prize?.authority, 'born');
  assert.equal(practice?.authority, 'given');
  assert.match(prize?.prize?.address ?? '', /^bcrt1p/);
  assert.equal(practice?.prize, null);
  assert.equal(prize?.credentials, null);
  assert.match(practice?.credentials?.['client.key'] ?? '', /PRIVATE KEY/);
  assert.notEqual(prize?.bootId, practice?.bootId);
  assert.notEqual(guestOf('prize').prefaceKey, guestOf('practice').prefaceKey);
  const { answer } = await ask('GET', '/status');
  assert.deepEqual(Object.keys(Object(answer).targets[0]), [
    'target',
    'state',
    'bootId',
    'uptimeS',
    'restarts',
    'accelerator',
  ]);
});

test('a proof of possession verifies against the published key', async () => {
  await until(() => only('ready').some(({ target }) => target === 'prize'));
  const key = only('ready').find(({ target }) => target === 'prize')?.prize?.internalKey ?? '';
  const root = '7e'.repeat(32);
  const { status, answer } = await ask('POST', '/targets/prize/prove', { root });
  assert.equal(status, 200);
  assert.equal(verifyProof(Object(answer), { root, key }), null);
  await until(() => only('proof').some(fact => fact.root === root));
});

test('what cannot be asked is refused with a code', async () => {
  const refusals: [string, object | undefined, number, string][] = [
    ['/targets/nobody/prove', { root: '00'.repeat(32) }, 404, 'TARGET_UNKNOWN'],
    ['/targets/prize/prove', { root: 'xyz' }, 400, 'REQUEST_INVALID'],
    ['/targets/prize/prove', {}, 400, 'REQUEST_INVALID'],
    ['/targets/prize/secret', undefined, 404, 'NOT_FOUND'],
  ];
  for (const [path, body, status, code] of refusals) {
    const { status: found, answer } = await ask('POST', path, body);
    assert.deepEqual([found, Object(answer).code], [status, code], path);
  }
});

/** A connection to a guest with its preface (`pinata-image/channel.cddl`), as the gateway makes it. */
async function dial(target: string, id: AttemptId): Promise<Socket> {
  const { host, serverPorts, prefaceKey } = guestOf(target);
  const port = Buffer.from([GUEST_SERVER_PORT >> 8, GUEST_SERVER_PORT & 0xff]);
  const mac = createHmac('sha256', Buffer.from(prefaceKey, 'base64')).update(uuidToBytes(id)).update(port).digest();
  const preface = ['0d0a0d0a000d0a515549540a', '21000026', '050010', uuidToBytes(id), 'e00010', mac.subarray(0, 16)];
  const socket = connect(serverPorts[0] ?? 0, host);
  await once(socket, 'connect');
  socket.write(Buffer.concat(preface.map(part => (typeof part === 'string' ? Buffer.from(part, 'hex') : part))));
  return socket;
}

test('practice gives its release document to its published credentials, and says so in its events', async () => {
  await until(() => only('ready').length >= 2);
  const credentials = only('ready').find(({ target }) => target === 'practice')?.credentials;
  const id = newAttemptId(nowMicros());
  const socket = tlsConnect({
    socket: await dial('practice', id),
    servername: 'pinata',
    ca: credentials?.['ca.pem'],
    cert: credentials?.['client.pem'],
    key: credentials?.['client.key'],
  });
  const document = await text(socket);
  const key = readFileSync(join(config.layout.secrets, 'practice.key'), 'utf8').trim();
  assert.match(
    document,
    new RegExp(`^pinata release 1\ntarget: practice\nboot: ${guestOf('practice').bootId}\nkey: ${key}\n`),
  );
  await until(() => only('guest').some(fact => fact.id === id && fact.event.kind === 'closed'));
  const told = only('guest').filter(fact => fact.id === id);
  const kinds = told.map(({ event }) => event.kind);
  for (const kind of ['accepted', 'client_hello', 'certificate', 'chain_ok', 'possession_ok', 'finished', 'released']) {
    assert.ok(
      kinds.some(each => each === kind),
      `${kind} in ${kinds}`,
    );
  }
  assert.equal(kinds.at(-1), 'closed');
  assert.ok(told.every(({ bootId, target }) => bootId === guestOf('practice').bootId && target === 'practice'));
});

test('a killed machine is a crash, and another guest is ready with a boot id, keys and certificates of its own', async () => {
  await until(() => only('ready').some(({ target }) => target === 'prize'));
  const before = guestOf('prize');
  const practiceBefore = guestOf('practice');
  process.kill(qemuOf('prize'), 'SIGKILL');
  await until(() => targets.some(({ target, state }) => target === 'prize' && state !== 'ready'));
  await until(() => targets.some(({ target, state }) => target === 'prize' && state === 'ready'));
  const now = guestOf('prize');
  assert.notEqual(now.bootId, before.bootId);
  assert.notEqual(now.prefaceKey, before.prefaceKey);
  assert.equal(guestOf('practice').bootId, practiceBefore.bootId);
  await until(() => only('ready').some(({ bootId }) => bootId === now.bootId));
  const end = only('end').find(({ bootId }) => bootId === before.bootId);
  assert.deepEqual([end?.reason, end?.detail], ['crash', 'ended by SIGKILL']);
  assert.equal(only('boot').find(({ bootId }) => bootId === now.bootId)?.reason, 'crash');
  const [first, second] = [before, now].map(({ bootId }) => only('ready').find(fact => fact.bootId === bootId));
  assert.notEqual(first?.ca, second?.ca);
  assert.equal(first?.prize?.address, second?.prize?.address);
});

test('a restart on request comes back', async () => {
  await until(() => targets.some(({ target, state }) => target === 'practice' && state === 'ready'));
  const before = guestOf('practice').bootId;
  const { status } = await ask('POST', '/targets/practice/restart');
  assert.equal(status, 202);
  await until(() =>
    targets.some(({ guest, target }) => target === 'practice' && guest !== null && guest.bootId !== before),
  );
  await until(() => only('end').some(({ bootId, reason }) => bootId === before && reason === 'request'));
});

test('the secret is in its file and nowhere else', async () => {
  await until(() => only('proof').length > 0);
  const key = Buffer.from(CANARY, 'hex');
  const forms = [key, CANARY, CANARY.toUpperCase(), key.toString('base64'), encodeWif(key, 'regtest')];
  const contains = (haystack: Buffer) => forms.some(form => haystack.includes(form));
  for (const { pid, command, environment } of processes()) {
    assert.ok(!contains(Buffer.from(command, 'latin1')), `command line of ${pid}`);
    assert.ok(!contains(Buffer.from(environment, 'latin1')), `environment of ${pid}`);
  }
  assert.ok(!contains(Buffer.from(log)), 'log');
  assert.ok(!contains(Buffer.from(JSON.stringify([facts, targets]))), 'facts and targets');
  let searched = 0;
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path === secretFile) continue;
    assert.ok(!contains(readFileSync(path)), path);
    searched++;
  }
  assert.ok(searched >= 3 && contains(readFileSync(secretFile)));
});

test('a stopped supervisor leaves no machine, and may be started again', async () => {
  const machines = ['prize', 'practice'].map(qemuOf);
  await supervisor.stop();
  const alive = new Set(processes().map(({ pid }) => pid));
  for (const pid of machines) assert.ok(!alive.has(pid), `machine ${pid}`);
  supervisor = await startSupervisor(config, pino({ level: 'silent' }));
  await until(() => only('started').length === 2);
});

test('a corrupt image is refused at start', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-corrupt-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'data'));
  const path = join(folder, 'pinata.elf');
  writeFileSync(path, 'changed');
  writeFileSync(`${path}.sha256`, readFileSync(`${config.settings.PINATA_IMAGE}.sha256`));
  const corrupt = readConfig({ PINATA_DATA: join(folder, 'data'), PINATA_IMAGE: path });
  await assert.rejects(
    startSupervisor(corrupt, pino({ level: 'silent' })),
    (error: unknown) => error instanceof PinataError && error.code === 'IMAGE_CORRUPT',
  );
});
