import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { until as untilNamed } from '../testing/until.ts';
import type { Fact } from '../wire/facts.ts';
import type { Position } from './feed.ts';
import { encodeLine } from './line.ts';
import { type FactAt, readSpool, type SpoolReader } from './reader.ts';
import { openSpool, type Spool, type SpoolOptions } from './spool.ts';

const MIB = 1 << 20;
const beat = (t: number): Fact => ({ kind: 'beat', t });

test('what was appended arrives live, in order, with offsets that join up', async t => {
  const place = temporary(t);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  const seen = reader(t, place);
  for (let n = 0; n < 100; n++) spool.append(beat(n));
  spool.flush();
  await seen.has(100);
  for (let n = 100; n < 200; n++) spool.append(beat(n));
  await seen.has(200);
  assert.deepEqual(seen.numbers(), range(200));
  assert.deepEqual(seen.starts, [{ epoch: spool.epoch, from: 0, lost: false }]);
  for (const [index, { next }] of seen.facts.entries()) assert.equal(seen.facts[index + 1]?.at ?? next, next);
});

test('the socket is open to owner and group, and one that a killed process left is replaced', async t => {
  const place = temporary(t);
  mkdirSync(dirname(place.socket));
  writeFileSync(place.socket, '');
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  assert.equal(statSync(place.socket).mode & 0o777, 0o660);
  assert.ok(statSync(place.socket).isSocket());
});

test('who waits for the end of the turn gets one answer for all that was appended in it, once it is written', async t => {
  const place = temporary(t);
  const spool = await openSpool(options(place));
  t.after(() => spool.close());
  spool.append(beat(1));
  const first = spool.flushed();
  spool.append(beat(2));
  const second = spool.flushed();
  assert.equal(bytesOf(place), '');
  assert.deepEqual(await Promise.all([first, second]), [true, true]);
  assert.equal(bytesOf(place), encodeLine(beat(1)) + encodeLine(beat(2)));
});

test('append alone is written within a moment; flush is written at once', async t => {
  const place = temporary(t);
  const spool = await opened(t, place);
  spool.append(beat(1));
  assert.equal(spool.flush(), true);
  assert.equal(bytesOf(place), encodeLine(beat(1)));
  spool.append(beat(2));
  await until(() => bytesOf(place) === encodeLine(beat(1)) + encodeLine(beat(2)));
});

test('a spool that is opened again goes on in the same epoch, whatever byte its tail was torn at', async t => {
  const place = temporary(t);
  const first = await openSpool(options(place));
  first.append(beat(0));
  await first.close();
  const torn = encodeLine(beat(1));
  for (let length = 0; length < torn.length; length++) {
    appendFileSync(segmentFiles(place)[0] ?? '', torn.slice(0, length));
    const again = await openSpool(options(place));
    assert.equal(again.epoch, first.epoch);
    await again.close();
    assert.equal(bytesOf(place), encodeLine(beat(0)), `torn at ${length}`);
  }
});

test('a reader that goes on from where it was gets nothing twice and misses nothing, over restarts of both sides', async t => {
  const place = temporary(t);
  const numbers: number[] = [];
  let from: Position | null = null;
  let next = 0;
  for (let round = 0; round < 5; round++) {
    const spool = await openSpool({ ...options(place), segmentBytes: 500 });
    await spool.serve(place.socket);
    const seen = reader(t, place, { from });
    for (let n = 0; n < 50; n++) {
      spool.append(beat(next++));
      if (n % 7 === 0) spool.flush();
    }
    await seen.has(20);
    if (round % 2 === 0) await seen.has(50 * (round + 1) - numbers.length);
    seen.reader.stop();
    const last = seen.facts.at(-1);
    numbers.push(...seen.numbers());
    from = last ? { epoch: spool.epoch, offset: last.next } : from;
    await spool.close();
  }
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  const seen = reader(t, place, { from });
  await until(() => numbers.length + seen.facts.length === next);
  assert.deepEqual([...numbers, ...seen.numbers()], range(next));
  assert.ok(seen.starts.every(start => !start.lost));
});

test('a connected reader survives a restart of the spool', async t => {
  const place = temporary(t);
  const first = await openSpool(options(place));
  await first.serve(place.socket);
  const seen = reader(t, place);
  first.append(beat(0));
  await seen.has(1);
  await first.close();
  await until(() => seen.states.at(-1) === false);
  const second = await opened(t, place);
  second.append(beat(1));
  await second.serve(place.socket);
  await seen.has(2);
  assert.deepEqual(seen.numbers(), [0, 1]);
  assert.deepEqual(seen.states, [true, false, true]);
});

test('facts come again until they are taken', async t => {
  const place = temporary(t);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  spool.append(beat(0));
  spool.append(beat(1));
  spool.flush();
  let failures = 2;
  const seen = reader(t, place, {
    refuse: () => failures-- > 0,
  });
  await seen.has(2);
  assert.deepEqual(seen.numbers(), [0, 1]);
});

test('facts wait while the reader is busy with the ones before', async t => {
  const place = temporary(t);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  let busy = 0;
  const seen = reader(t, place, {
    before: async () => {
      assert.equal(busy, 0);
      busy += 1;
      await delay(1);
      busy -= 1;
    },
  });
  for (let n = 0; n < 20; n++) {
    spool.append(beat(n));
    spool.flush();
    await delay(1);
  }
  await seen.has(20);
});

test('a damaged line is skipped and reported as lost, the rest arrives', async t => {
  const place = temporary(t);
  const first = await openSpool(options(place));
  for (let n = 0; n < 5; n++) first.append(beat(n));
  await first.close();
  const path = segmentFiles(place)[0] ?? '';
  const bytes = readFileSync(path);
  const third = encodeLine(beat(0)).length * 2;
  bytes[third + 20] = (bytes[third + 20] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  const seen = reader(t, place);
  await seen.has(4);
  assert.deepEqual(seen.numbers(), [0, 1, 3, 4]);
  const lineBytes = encodeLine(beat(0)).length;
  assert.deepEqual(
    seen.starts.map(({ from, lost }) => [from, lost]),
    [
      [0, false],
      [lineBytes * 3, true],
    ],
  );
});

test('whole segments below the acknowledgement are deleted; a reader from before them is told of its loss', async t => {
  const place = temporary(t);
  const spool = await opened(t, place, { segmentBytes: 100 });
  await spool.serve(place.socket);
  for (let n = 0; n < 50; n++) {
    spool.append(beat(n));
    spool.flush();
  }
  const seen = reader(t, place);
  await seen.has(50);
  const before = segmentFiles(place).length;
  assert.ok(before > 5);
  seen.reader.ack(seen.facts[24]?.next ?? 0);
  await until(() => segmentFiles(place).length < before);
  const late = reader(t, place, { from: { epoch: spool.epoch, offset: 0 } });
  await until(() => late.facts.length > 0 && late.numbers().at(-1) === 49);
  assert.ok((late.numbers()[0] ?? 0) <= 25, 'nothing above the acknowledgement is gone');
  assert.equal(late.starts[0]?.lost, true);
  seen.reader.ack(seen.facts[49]?.next ?? 0);
  await until(() => segmentFiles(place).length === 1);
  spool.append(beat(50));
  await seen.has(51);
});

test('a spool that was made anew has another epoch, and its reader is told', async t => {
  const place = temporary(t);
  const first = await openSpool(options(place));
  first.append(beat(0));
  await first.close();
  for (const path of segmentFiles(place)) rmSync(path);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  assert.notEqual(spool.epoch, first.epoch);
  const seen = reader(t, place, { from: { epoch: first.epoch, offset: 10 } });
  spool.append(beat(1));
  await seen.has(1);
  assert.deepEqual(seen.starts, [{ epoch: spool.epoch, from: 0, lost: true }]);
});

test('a whole line that is damaged at the very end is a gap, and no torn tail', async t => {
  const place = temporary(t);
  const first = await openSpool(options(place));
  for (const n of [0, 1, 2]) first.append(beat(n));
  await first.close();
  const [path = ''] = segmentFiles(place);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
  writeFileSync(path, bytes);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  spool.append(beat(3));
  const seen = reader(t, place);
  await seen.has(3);
  assert.deepEqual(seen.numbers(), [0, 1, 3]);
  assert.deepEqual(
    seen.starts.map(({ lost }) => lost),
    [false, true],
  );
});

test('a spool that has lost bytes which its reader saw is another one, so that what is written since is new', async t => {
  const place = temporary(t);
  const first = await openSpool(options(place));
  for (const n of [0, 1, 2, 3]) first.append(beat(n));
  await first.close();
  const line = encodeLine(beat(0)).length;
  truncateSync(segmentFiles(place)[0] ?? '', 2 * line);
  const spool = await opened(t, place);
  await spool.serve(place.socket);
  spool.append(beat(4));
  const seen = reader(t, place, { from: { epoch: first.epoch, offset: 4 * line } });
  await seen.has(3);
  assert.deepEqual(seen.numbers(), [0, 1, 4]);
  assert.deepEqual(seen.starts, [{ epoch: spool.epoch, from: 0, lost: true }]);
  assert.notEqual(spool.epoch, first.epoch);
});

test('after the machine went down offsets do not come again, so that a reader that had seen more misses nothing new', async t => {
  const place = temporary(t);
  const first = await openSpool({ ...options(place), machine: 'before' });
  first.append(beat(0));
  first.append(beat(1));
  await first.close();
  // The power cut: the second line had been read, and never reached the disk.
  truncateSync(segmentFiles(place)[0] ?? '', encodeLine(beat(0)).length);
  const spool = await opened(t, place, { machine: 'after' });
  await spool.serve(place.socket);
  spool.append(beat(2));
  const seen = reader(t, place, { from: { epoch: first.epoch, offset: encodeLine(beat(0)).length * 2 } });
  await seen.has(1);
  assert.equal(seen.starts[0]?.lost, true);
  assert.deepEqual(seen.numbers(), [2]);
  const whole = reader(t, place);
  await whole.has(2);
  assert.deepEqual(whole.numbers(), [0, 2]);
});

test('room is what the cap and the disk leave beside what is reserved', async t => {
  const place = temporary(t);
  let free = 1000 * MIB;
  const spool = await opened(t, place, { capBytes: 10 * MIB, freeBytes: async () => free });
  assert.equal(spool.hasRoom(10 * MIB), true);
  assert.equal(spool.hasRoom(10 * MIB + 1), false);
  const first = spool.reserve(6 * MIB);
  assert.ok(first);
  assert.equal(spool.reserve(6 * MIB), null);
  first.release();
  first.release();
  assert.ok(spool.reserve(6 * MIB));
  free = 66 * MIB;
  await until(() => !spool.hasRoom(0));
});

test('lines that wait to be written take room already', async t => {
  const place = temporary(t);
  const line = encodeLine(beat(1)).length;
  const spool = await opened(t, place, { capBytes: 3 * line });
  spool.append(beat(1));
  spool.append(beat(2));
  assert.equal(bytesOf(place), '', 'nothing is written yet');
  assert.equal(spool.hasRoom(line), true);
  assert.equal(spool.hasRoom(line + 1), false);
  spool.flush();
  assert.equal(spool.hasRoom(line), true);
  assert.equal(spool.hasRoom(line + 1), false);
});

test('what a full disk refused is written later, whole and once', async t => {
  const place = temporary(t);
  const child = spawn(process.execPath, ['--input-type=module', '-e', LIMITED_WRITER], {
    env: { ...process.env, FOLDER: place.folder, SPOOL: join(import.meta.dirname, 'spool.ts') },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [told] = await once(child.stdout, 'data');
  const { ok, trouble } = JSON.parse(String(told));
  assert.equal(ok, false, 'the file size limit stopped the first write in the middle');
  assert.equal(trouble, 'SPOOL_FULL');
  spawn('prlimit', ['--pid', String(child.pid), '--fsize=unlimited']);
  await until(
    () =>
      bytesOf(place) ===
      range(100)
        .map(n => encodeLine(beat(n)))
        .join(''),
  );
});

test('kill -9 at any moment loses only what was not flushed', async t => {
  const place = temporary(t);
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER], {
      env: { ...process.env, FOLDER: place.folder, SPOOL: join(import.meta.dirname, 'spool.ts'), ROUND: `${round}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const flushed = await killedAfter(child, 200 + round * 137);
    const spool = await openSpool(options(place));
    await spool.serve(place.socket);
    const seen = reader(t, place);
    await until(() => seen.numbers().filter(n => Math.floor(n / 1e6) === round).length > flushed);
    const mine = seen.numbers().filter(n => Math.floor(n / 1e6) === round);
    assert.deepEqual(
      mine,
      range(mine.length).map(n => round * 1e6 + n),
    );
    seen.reader.stop();
    await spool.close();
  }
});

/** Appends and flushes numbers for ever, and tells each that it flushed. */
const WRITER = `
  const { openSpool } = await import(process.env.SPOOL);
  const spool = await openSpool({ folder: process.env.FOLDER, name: 'test', capBytes: 1e9, segmentBytes: 4000 });
  for (let n = 0; ; n++) {
    spool.append({ kind: 'beat', t: Number(process.env.ROUND) * 1e6 + n });
    if (n % 3 === 0) { spool.flush(); (await import('node:fs')).writeSync(1, n + '\\n'); }
  }`;

/** Limits the size of its own files with prlimit, then writes more than that. */
const LIMITED_WRITER = `
  import { execFileSync } from 'node:child_process';
  process.on('SIGXFSZ', () => {});
  const { openSpool } = await import(process.env.SPOOL);
  let trouble = null;
  const spool = await openSpool({ folder: process.env.FOLDER, name: 'test', capBytes: 1e9, onTrouble: e => { trouble = e.code; } });
  execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=1000:unlimited']);
  for (let n = 0; n < 100; n++) spool.append({ kind: 'beat', t: n });
  const ok = spool.flush();
  console.log(JSON.stringify({ ok, trouble }));
  process.stdin.resume();`;

async function killedAfter(child: ChildProcess, lines: number): Promise<number> {
  let told = '';
  for await (const chunk of child.stdout ?? []) {
    told += chunk;
    if (told.split('\n').length > lines) child.kill('SIGKILL');
  }
  return Number(told.trimEnd().split('\n').at(-1));
}

interface Place {
  folder: string;
  socket: string;
}

function temporary(t: TestContext): Place {
  const home = mkdtempSync(join(tmpdir(), 'pinata-spool-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return { folder: join(home, 'spool'), socket: join(home, 'run', 'socket') };
}

const options = (place: Place): SpoolOptions => ({ folder: place.folder, name: 'test', capBytes: 1000 * MIB });

async function opened(t: TestContext, place: Place, more: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await openSpool({ ...options(place), ...more });
  t.after(() => spool.close());
  return spool;
}

interface Seen {
  reader: SpoolReader;
  facts: FactAt[];
  starts: { epoch: string; from: number; lost: boolean }[];
  states: boolean[];
  numbers(): number[];
  has(count: number): Promise<void>;
}

interface ReaderHooks {
  from?: Position | null;
  refuse?: () => boolean;
  before?: () => Promise<void>;
}

function reader(t: TestContext, place: Place, { from = null, refuse, before }: ReaderHooks = {}): Seen {
  const facts: FactAt[] = [];
  const starts: Seen['starts'] = [];
  const states: boolean[] = [];
  const reader = readSpool({
    socketPath: place.socket,
    from,
    onStart: start => starts.push(start),
    onFacts: async more => {
      await before?.();
      if (refuse?.()) throw new Error('not now');
      facts.push(...more);
    },
    onState: state => states.push(state),
  });
  t.after(() => reader.stop());
  return {
    reader,
    facts,
    starts,
    states,
    numbers: () => facts.map(({ fact }) => fact.t),
    has: count => until(() => facts.length >= count),
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

function segmentFiles(place: Place): string[] {
  return readdirSync(place.folder)
    .filter(name => name.endsWith('.spool'))
    .sort()
    .map(name => join(place.folder, name));
}

function bytesOf(place: Place): string {
  return segmentFiles(place)
    .map(path => readFileSync(path, 'utf8'))
    .join('');
}

function until(condition: () => boolean): Promise<void> {
  return untilNamed(String(condition), condition, 15_000);
}
