import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Spool } from '../spool/spool.ts';
import type { Closed, Fact } from '../wire/facts.ts';
import { newAttemptId } from '../wire/ids.ts';
import { AttemptRecord } from './attempt-record.ts';
import { dial, readAll, until } from './gateway.fixture.ts';
import type { DialResult } from './guest-dialler.ts';
import { Splice, type SpliceLimits } from './splice.ts';
import { streamPair } from './stream-pair.ts';

const SHORT: SpliceLimits = { idleMs: 50, lifetimeMs: 50, lingerMs: 50 };
const LONG: SpliceLimits = { idleMs: 60_000, lifetimeMs: 60_000, lingerMs: 60_000 };

/** A spool in memory whose disk can be full. */
class ListSpool implements Spool {
  readonly epoch = 'test';
  readonly facts: Fact[] = [];
  isFull = false;
  append(fact: Fact): void {
    this.facts.push(fact);
  }
  flush(): boolean {
    return !this.isFull;
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
  }: Partial<{
    guest: (socket: Socket) => void;
    guestSpeaksFirst: boolean;
    isFull: boolean;
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
  spool.isFull = isFull;
  const record = new AttemptRecord({
    spool,
    room: spool.reserve(),
    reserveTapes: () => spool.reserve(),
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
    dial: async (): Promise<DialResult> => {
      dials += 1;
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

test('an attempt ends once, whatever ends it again', async t => {
  const { attacker, spool, splice, ends } = await spliced(t, LONG, { guestSpeaksFirst: true });
  splice.abort('shutdown', 'fin');
  splice.abort('shutdown', 'fin');
  attacker.destroy();
  await until(() => attacker.closed);
  assert.deepEqual([spool.closes.length, ends()], [1, 1]);
});
