import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Spool } from '../spool/spool.ts';
import type { Closed, Fact } from '../wire/facts.ts';
import { newAttemptId } from '../wire/ids.ts';
import { AttemptRecord } from './attempt-record.ts';
import { dial, readAll, until } from './gateway.fixture.ts';
import type { DialResult } from './guest-dialler.ts';
import { type Attempt, Splice, type SpliceLimits } from './splice.ts';
import { streamPair } from './stream-pair.ts';

const SHORT: SpliceLimits = { idleMs: 50, lifetimeMs: 50, lingerMs: 50 };
const LONG: SpliceLimits = { idleMs: 60_000, lifetimeMs: 60_000, lingerMs: 60_000 };

/** A spool in memory that may be full, and whose disk may refuse. */
class ListSpool implements Spool {
  readonly epoch = 'test';
  readonly facts: Fact[] = [];
  isFull = false;
  refuses = false;
  /** What is appended is not written before this. */
  slow: Promise<void> = Promise.resolve();
  append(fact: Fact): void {
    this.facts.push(fact);
  }
  flush(): boolean {
    return !this.refuses;
  }
  async flushed(): Promise<boolean> {
    await this.slow;
    return !this.refuses;
  }
  hasRoom(): boolean {
    return !this.isFull;
  }
  reserve() {
    return { release: () => {} };
  }
  async serve(): Promise<void> {}
  async close(): Promise<void> {}
  get closes(): Closed[] {
    return this.facts.filter((fact): fact is Closed => fact.kind === 'close');
  }
}

/** A splice between a socket that the test holds and a TCP server that does `guest`. */
async function spliced(
  t: TestContext,
  limits: SpliceLimits,
  {
    guest = () => {},
    guestSpeaksFirst = false,
    isFull = false,
    refuses = false,
    onDial = () => {},
  }: Partial<{
    guest: (socket: Socket) => void;
    guestSpeaksFirst: boolean;
    isFull: boolean;
    refuses: boolean;
    /** Sees what is known of the attempt; a promise holds the dial. */
    onDial: (attempt: Attempt) => void | Promise<void>;
  }> = {},
) {
  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {});
    guest(socket);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await until(() => server.listening);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const spool = new ListSpool();
  Object.assign(spool, { isFull, refuses });
  const record = new AttemptRecord({
    spool,
    room: spool.reserve(),
    reserveTapes: () => (isFull ? null : spool.reserve()),
    withheld: null,
    opened: {
      id: newAttemptId(Date.now() * 1000),
      target: 'practice',
      channel: 'server',
      guestRole: 'server',
      bootId: null,
      source: { ip: '127.0.0.1', port: 1 },
      selfTest: null,
    },
  });
  const [attacker, near] = streamPair();
  attacker.on('error', () => {});
  let dials = 0;
  let ends = 0;
  const splice = new Splice({
    attacker: near,
    record,
    limits,
    guestSpeaksFirst,
    dial: async (attempt): Promise<DialResult> => {
      dials += 1;
      await onDial(attempt);
      return { socket: await dial(t, port), preface: Buffer.alloc(0) };
    },
    onEnd: () => {
      ends += 1;
    },
  });
  return { attacker, spool, splice, dials: () => dials, ends: () => ends };
}

test('silence for too long is an idle timeout, and the guest never hears of it', async t => {
  const { attacker, spool, dials, ends } = await spliced(t, SHORT);
  attacker.resume();
  await until(() => spool.closes.length === 1);
  const [close] = spool.closes;
  assert.deepEqual([close?.end, close?.by, close?.how, close?.bytesIn], ['idle_timeout', 'gateway', 'timeout', 0]);
  assert.deepEqual([dials(), ends()], [0, 1]);
});

test('an attempt has a longest life', async t => {
  const { attacker, spool } = await spliced(t, { ...LONG, lifetimeMs: 50 });
  attacker.write('x');
  attacker.resume();
  await until(() => spool.closes.length === 1);
  const [close] = spool.closes;
  assert.deepEqual([close?.end, close?.by, close?.how, close?.bytesIn], ['done', 'gateway', 'timeout', 1]);
});

test('who does not close after the guest did is closed', async t => {
  const { attacker, spool } = await spliced(
    t,
    { ...LONG, lingerMs: 50 },
    { guest: socket => socket.end('bye').resume() },
  );
  attacker.write('x');
  attacker.resume();
  await until(() => spool.closes.length === 1);
  const [close] = spool.closes;
  assert.deepEqual([close?.end, close?.by, close?.how], ['done', 'guest', 'fin']);
});

test('no recording, no service: with a full disk the guest is not dialled', async t => {
  const { attacker, spool, dials } = await spliced(t, LONG, { isFull: true });
  attacker.write('x');
  attacker.resume();
  await until(() => spool.closes.length === 1);
  assert.deepEqual([spool.closes[0]?.end, spool.closes[0]?.bytesIn, dials()], ['gateway_limited', 1, 0]);
  assert.deepEqual(
    spool.facts.map(({ kind }) => kind),
    ['open', 'withheld', 'close'],
  );
});

test('where the disk refuses the opening, the guest is not dialled', async t => {
  const { attacker, spool, dials } = await spliced(t, LONG, { refuses: true });
  attacker.write('x');
  attacker.resume();
  await until(() => attacker.readableEnded);
  assert.deepEqual([spool.closes[0]?.end, spool.closes[0]?.bytesIn, dials()], ['gateway_limited', 1, 0]);
});

test('an attacker who leaves while the guest is dialled still has everything delivered', async t => {
  let got = '';
  const { attacker, spool } = await spliced(t, LONG, {
    guest: socket => {
      socket.on('data', bytes => {
        got += bytes;
      });
      socket.on('end', () => socket.end('answer'));
    },
  });
  attacker.end('all of it');
  assert.equal(String(await readAll(attacker)), 'answer');
  assert.equal(got, 'all of it');
  assert.deepEqual([spool.closes[0]?.by, spool.closes[0]?.bytesIn, spool.closes[0]?.bytesOut], ['peer', 9, 6]);
});

test('what is said while the guest is dialled is known as it comes, and no more is taken than a giant hello needs', async t => {
  let attempt: Attempt | undefined;
  const { attacker, splice } = await spliced(t, LONG, {
    onDial: given => {
      attempt = given;
      return new Promise(() => {});
    },
  });
  const known = () => attempt?.progress();
  attacker.write(Buffer.from([22, 3, 1, 0, 4, 1, 1]));
  await until(() => known()?.bytesIn === 7);
  assert.deepEqual(known(), { bytesIn: 7, isWhole: false, stage: 'handshake' });
  attacker.write(Buffer.from([1, 1]));
  await until(() => known()?.isWhole === true);
  for (let n = 0; n < 64; n++) attacker.write(Buffer.alloc(1 << 14));
  await until(() => (known()?.bytesIn ?? 0) >= 1 << 16);
  for (let turns = 0; turns < 10; turns++) await nextTurn();
  assert.ok((known()?.bytesIn ?? 0) <= 1 << 17);
  splice.abort('shutdown', 'fin');
});

test('nothing is dialled before the opening is written, and nobody sees an end before the end is', async t => {
  const { attacker, spool, dials, ends } = await spliced(t, LONG, {
    guest: socket => {
      socket.resume();
      socket.once('end', () => socket.end());
    },
  });
  const opening = Promise.withResolvers<void>();
  spool.slow = opening.promise;
  let ended = false;
  attacker.once('end', () => {
    ended = true;
  });
  attacker.end('all of it');
  attacker.resume();
  await until(() => spool.facts.some(({ kind }) => kind === 'data'));
  await turns();
  assert.equal(dials(), 0);
  const close = Promise.withResolvers<void>();
  spool.slow = close.promise;
  opening.resolve();
  await until(() => ends() === 1);
  await turns();
  assert.deepEqual([dials(), spool.closes.length, ended], [1, 1, false]);
  close.resolve();
  await until(() => ended);
});

/** So many turns of the event loop that whatever was to happen without waiting has happened. */
async function turns(): Promise<void> {
  for (let n = 0; n < 10; n++) await new Promise(resolve => setImmediate(resolve));
}

test('an attempt ends once, whatever ends it again', async t => {
  const { attacker, spool, splice, ends } = await spliced(t, LONG, { guestSpeaksFirst: true });
  splice.abort('shutdown', 'fin');
  splice.abort('shutdown', 'fin');
  attacker.destroy();
  await until(() => attacker.closed);
  assert.deepEqual([spool.closes.length, ends()], [1, 1]);
});
