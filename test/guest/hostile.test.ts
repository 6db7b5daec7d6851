import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { Qemu } from '../../server/src/supervisor/qemu.ts';
import { findQemu, type QemuBinary } from '../../server/src/supervisor/qemu-binary.ts';
import { until } from '../../server/src/supervisor/until.fixture.ts';
import { type Supervised, supervise } from './kept.ts';
import { buildMisdeedImage, type MisdeedImage } from './misdeed-image.ts';
import { anyRoot, live } from './one-boot.ts';
import { changedQemu, UNRESTRICTED } from './qemu-wrapper.ts';

// A guest that has been taken over attacks what is outside. All that may be noticed there is one more restart.

const MIB = 1 << 20;
const SPOOL_BYTES = 4 * MIB;
/** Of this whole process: tests, supervisor and what its garbage collector has not got to yet. */
const GROWTH_MAX_BYTES = 192 * MIB;
/** Two questions ten seconds apart without an answer, and their deadlines; with room for a busy machine. */
const HANG_DEADLINE_MS = 60_000;
/** Of the process of a machine: its 16 MiB, 64 MiB at most for translated code, and QEMU itself. */
const MACHINE_MAX_BYTES = 128 * MIB;
/** TCP and UDP discard (RFC 863): nobody is there. */
const DISCARD_PORT = 9;

let image: MisdeedImage;

before(async () => {
  image = await buildMisdeedImage();
});

const endsOf = ({ facts }: Supervised, target: string) =>
  facts.filter(fact => fact.kind === 'end').filter(fact => fact.target === target);

/** The target crashed once, for this reason, and serves again. */
async function assertRestarted(
  supervised: Supervised,
  target: string,
  why: RegExp,
  deadlineMs?: number,
): Promise<void> {
  const again = () =>
    endsOf(supervised, target).length > 0 &&
    supervised.facts.some(
      fact => fact.kind === 'ready' && fact.target === target && fact.bootId !== endsOf(supervised, target)[0]?.bootId,
    );
  await until(again, deadlineMs);
  const ends = endsOf(supervised, target);
  assert.deepEqual(
    ends.map(({ reason }) => reason),
    ['crash'],
  );
  assert.match(ends[0]?.detail ?? '', why);
}

const INSTANT: [string, RegExp][] = [
  ['flood the channel with garbage', /^channel: /],
  ['announce a long frame', /^channel: a frame of 4294967295 bytes/],
  ['write to every port', /^panic|^shutdown|^the machine stopped|^ended/],
  ['panic and go on', /^panic/],
  ['lie in the rings', /^channel: |^panic|^shutdown|^the machine stopped|^ended/],
];
for (const [misdeed, why] of INSTANT) {
  test(`a guest that wants to ${misdeed} is one restart, and its neighbour notices nothing`, async t => {
    const supervised = await supervise(t, SPOOL_BYTES);
    const neighbour = await supervised.keep('neighbour', [image.doing('')]);
    const { bootId } = neighbour.status();
    await supervised.keep('hostile', [image.doing(misdeed), image.doing('')]);
    await assertRestarted(supervised, 'hostile', why);
    assert.equal((await neighbour.prove(anyRoot())).bootId, bootId);
    assert.deepEqual(endsOf(supervised, 'neighbour'), []);
  });
}

test('guests that hang, flood or cry for as long as they can are one restart each, in bounded memory', async t => {
  const supervised = await supervise(t, SPOOL_BYTES);
  const neighbour = await supervised.keep('neighbour', [image.doing('')]);
  const { bootId } = neighbour.status();
  const hostile = [
    ...['spin', 'flood the channel', 'flood the serial port'],
    ...[`flood the network at ${DISCARD_PORT}`, 'crash and go on'],
  ];
  const before = process.memoryUsage().rss;
  await Promise.all(hostile.map(misdeed => supervised.keep(misdeed, [image.doing(misdeed), image.doing('')])));

  let [peak, machinePeak] = [before, 0];
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
    machinePeak = Math.max(machinePeak, supervised.peakBytes());
  }, 50);
  t.after(() => clearInterval(watch));
  // While all are at it.
  await until(() => supervised.told() > 100);
  assert.equal((await neighbour.prove(anyRoot())).bootId, bootId);

  await Promise.all(
    hostile.map(misdeed => assertRestarted(supervised, misdeed, /^it does not answer/, HANG_DEADLINE_MS)),
  );
  assert.equal((await neighbour.prove(anyRoot())).bootId, bootId);
  assert.deepEqual(endsOf(supervised, 'neighbour'), []);
  assert.ok(peak - before < GROWTH_MAX_BYTES, `${(peak - before) / MIB} MiB more`);
  assert.ok(machinePeak > 0 && machinePeak < MACHINE_MAX_BYTES, `a machine took ${machinePeak / MIB} MiB`);
  const spooled = readdirSync(supervised.folder).map(name => statSync(join(supervised.folder, name)).size);
  assert.ok(spooled.reduce((sum, size) => sum + size, 0) <= SPOOL_BYTES, String(spooled));
  const lost = supervised.facts.filter(fact => fact.kind === 'lost');
  assert.ok(lost.length > 0 && lost.every(({ target }) => target === 'flood the channel'), JSON.stringify(lost));
});

/** What a guest said of those it called, and what listeners on this host saw of it. */
interface Reached {
  why: string;
  connections: number;
  datagrams: number;
}

/** Lets a guest try to reach a TCP and a UDP port of this host, and everybody else. */
async function tryToReach(t: TestContext, folder: string, binary: QemuBinary): Promise<Reached> {
  let [connections, datagrams] = [0, 0];
  const listener = createServer(socket => {
    connections++;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  const address = listener.address();
  const port = typeof address === 'object' ? address?.port : null;
  const receiver = createSocket('udp4', () => datagrams++).bind(port ?? 0, '127.0.0.1');
  t.after(() => receiver.close());
  await once(receiver, 'listening');
  const qemu = new Qemu({ binary, accelerator: 'tcg', folder, user: () => null });
  const { why } = await live(qemu, image.doing(`reach the host at ${port}`));
  return { why, connections, datagrams };
}

test('a guest reaches nobody who has not spoken first', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-reach-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { why, ...seen } = await tryToReach(t, folder, await findQemu());
  assert.deepEqual(seen, { connections: 0, datagrams: 0 });
  assert.match(why, /^panic: 1 neighbours, 0 connections, \d+ refusals, 0 datagrams, 0 echoes at /);
  // The same guest on a machine that may: so it would have been seen.
  const open = await tryToReach(t, folder, await changedQemu(folder, 'qemu-unrestricted', UNRESTRICTED));
  assert.ok(open.connections > 0 && open.datagrams > 0, JSON.stringify(open));
});
