import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { get } from './api.ts';
import { allRows } from './ledger.ts';
import { peakMemory } from './memory.ts';
import { winner } from './peers/attacks.ts';
import { crowdOf, drips, Flood, isMute, says } from './peers/flood.ts';
import { ContentType, clientHello, extension, HandshakeType, handshake, record, within16 } from './peers/messages.ts';
import { findProcesses } from './processes.ts';
import { Trial } from './trial.ts';

/*
 * Each attack comes from a network 127.A.0.0/16 of its own, so that its rows can be counted. While it goes on, good clients from
 * elsewhere must win, each in a network of its own. An attack goes on beside the next ones until the targets have lost patience with
 * the last of it; then rows and counted refusals must be as many as there were connections.
 */

const MIB = 1 << 20;
/** Node.js takes some 100 MiB for itself at work; the goal is this with 5,000 idle connections. */
const GATEWAY_PEAK_BYTES = 300 * MIB;
const WINS = 6;
/** Where the good ones are. */
const ELSEWHERE = 200;
/** As the settings are by default. */
const RATE_PER_MINUTE = 600;
/** Too many, even where one minute ends and the next begins. */
const ABOVE_RATE = 2 * RATE_PER_MINUTE + 100;
const LANES = 4;
const PLACES = 63;
const CALLBACKS_AT_ONCE = 20;
/** One each three seconds, in a minute. */
const CALLBACKS_REFILLED = 20;

const HANDSHAKE_HEADER_BYTES = 4;
/** After version, random, an empty session id, one cipher suite and one compression method. */
const EXTENSIONS_AT = 2 + 32 + 1 + 4 + 2;
const PADDING = 21;
const GIANT_BYTES = 0xffff;
const RECORD_MAX_BYTES = 1 << 14;

let trial: Trial;
const attacks: Attack[] = [];

/** An attack on practice, or on the callback port of it, from a network of its own. */
class Attack {
  readonly flood: Flood;
  readonly name: string;
  readonly #over: Promise<unknown>;
  readonly #network: string;
  outcomes: Record<string, number> = {};

  constructor(name: string, net: number, port: number, begin: (flood: Flood) => Promise<unknown>) {
    this.name = name;
    this.#network = `127.${net}.0.0/16`;
    this.flood = new Flood(port);
    this.#over = begin(this.flood);
    attacks.push(this);
  }

  /** Rows so far, once the last connection is over. */
  async rows(): Promise<number> {
    await this.#over;
    this.outcomes = await trial.observer.outcomesFrom(this.#network);
    return sum(Object.values(this.outcomes));
  }
}

before(async () => {
  trial = await Trial.start({ env: { PINATA_SELF_TEST_S: '5' } });
});

after(() => trial?.stop());

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Good clients, one after the other. */
async function goodClients(t: TestContext): Promise<void> {
  let slowestMs = 0;
  for (const from of crowdOf(ELSEWHERE, WINS, 1)) {
    const beganMs = performance.now();
    await winner(trial.serverPort, trial.client, from);
    slowestMs = Math.max(slowestMs, performance.now() - beganMs);
  }
  t.diagnostic(`${WINS} good clients won, the slowest in ${slowestMs.toFixed(0)} ms`);
}

describe('good clients from elsewhere win', () => {
  test('under 2,000 slow drips from 250 networks', async t => {
    const hello = record(ContentType.handshake, clientHello(randomBytes(32), randomBytes(32)));
    const { flood } = new Attack('drips', 10, trial.serverPort, all =>
      all.burst(crowdOf(10, 2000, 8), drips(hello, 500)),
    );
    await goodClients(t);
    await until('all of them have come', () => flood.begun === 2000);
    assert.ok(flood.open > PLACES / 2, 'some have a place');
    await goodClients(t);
  });

  test('under 1,200 mutes from 120 networks', async t => {
    const { flood } = new Attack('mutes', 11, trial.serverPort, all => all.burst(crowdOf(11, 1200, 10), isMute));
    await goodClients(t);
    await until('all of them have come', () => flood.begun === 1200);
    await goodClients(t);
  });

  test('under hellos of 64 KiB, whole and unfinished', async t => {
    const whole = giantHello();
    new Attack('giants', 13, trial.serverPort, all =>
      Promise.all([
        all.burst(crowdOf(13, 150, 5), says(whole)),
        all.burst(crowdOf(13, 150, 5), says(whole.subarray(0, -1000))),
      ]),
    );
    await goodClients(t);
  });

  test('under a flood of garbage, some of it above the rate', async t => {
    const garbage = says(randomBytes(4096));
    new Attack('garbage', 12, trial.serverPort, all =>
      Promise.all([
        all.lanes(crowdOf(12, 30, 1), 40, garbage),
        all.lanes(Array(LANES).fill('127.12.200.1'), ABOVE_RATE / LANES, garbage),
      ]),
    );
    await goodClients(t);
  });

  test('under many connections from one /24', async t => {
    const half = record(ContentType.handshake, Buffer.alloc(100)).subarray(0, -1);
    new Attack('one network', 14, trial.serverPort, all => all.burst(crowdOf(14, 250, 250), says(half)));
    await goodClients(t);
  });

  test('under calls to be called back, and nobody is called often', async t => {
    const victims = crowdOf(15, 4, 1);
    const called = await Promise.all(victims.map(listenAt));
    for (const { server } of called) t.after(() => server.close());
    const attack = new Attack('reflector', 15, trial.it.ports.practice + 1, all =>
      all.lanes([...victims, ...victims], 25, isMute),
    );
    await goodClients(t);
    const good = await listenAt(`127.${ELSEWHERE}.100.1`);
    t.after(() => good.server.close());
    const caller = new Flood(trial.it.ports.practice + 1);
    await caller.come(`127.${ELSEWHERE}.100.1`, isMute);
    await until('a good caller is called back by the guest', () => good.heard() > 0);
    await attack.rows();
    for (const { calls } of called) assert.ok(calls() <= CALLBACKS_AT_ONCE + CALLBACKS_REFILLED, `${calls()} calls`);
  });
});

test('of each attack every connection is a row or a counted refusal', async t => {
  let rows: number[] = [];
  let refused = 0;
  const begun = () => sum(attacks.map(({ flood }) => flood.begun));
  await until(
    'every connection is a row or a counted refusal',
    async () => {
      rows = [];
      for (const attack of attacks) rows.push(await attack.rows());
      refused = await trial.observer.refusals();
      return sum(rows) + refused >= begun();
    },
    90_000,
    () => `${begun()} began, ${refused} were refused: ${JSON.stringify(attacks)}`,
  );
  for (const { name, flood, outcomes } of attacks) {
    t.diagnostic(`${name}: ${flood.begun} connections, rows: ${JSON.stringify(outcomes)}`);
    assert.equal(flood.failed, 0, 'every connection is accepted');
  }
  t.diagnostic(`garbage: ${refused} above the rate`);
  const missing = attacks.map(({ name, flood }, n) => [name, flood.begun - (rows[n] ?? 0)]);
  assert.deepEqual(
    missing.filter(([, count]) => count !== 0),
    [['garbage', refused]],
  );
  assert.ok(refused > 0);
});

/** A right ClientHello that a padding extension (RFC 7685) makes as long as the guest's buffers, in as few records as it fits. */
function giantHello(): Buffer {
  const hello = clientHello(randomBytes(32), randomBytes(32)).subarray(HANDSHAKE_HEADER_BYTES);
  const fixed = hello.subarray(0, EXTENSIONS_AT);
  const extensions = hello.subarray(EXTENSIONS_AT + 2);
  const padding = Buffer.alloc(GIANT_BYTES - hello.length - HANDSHAKE_HEADER_BYTES);
  const all = Buffer.concat([extensions, extension(PADDING, padding)]);
  const message = handshake(HandshakeType.clientHello, Buffer.concat([fixed, within16(all)]));
  const records = [];
  for (let at = 0; at < message.length; at += RECORD_MAX_BYTES) {
    records.push(record(ContentType.handshake, message.subarray(at, at + RECORD_MAX_BYTES)));
  }
  return Buffer.concat(records);
}

/** Listens where a connect-back goes to; tells how often it was called, and how much was said. */
async function listenAt(host: string) {
  let [calls, heard] = [0, 0];
  const server = createServer(socket => {
    calls += 1;
    socket.on('error', () => {});
    socket.once('data', bytes => {
      heard += bytes.length;
      socket.destroy();
    });
  });
  await once(server.listen(trial.it.ports.callback, host), 'listening');
  return { server, calls: () => calls, heard: () => heard };
}

test('self-tests passed all the time', async () => {
  await trial.assertSurvived();
  const { targets } = await get<{ targets: { selfTest: { passed: boolean } }[] }>(trial.it, '/status.json');
  assert.deepEqual(
    targets.map(({ selfTest }) => selfTest.passed),
    [true, true],
  );
  const legs = (await allRows(trial.it)).filter(row => row.result.selfTest);
  assert.deepEqual([...new Set(legs.map(row => row.result.outcome))].sort(), [
    'certificate_missing',
    'released_self_test',
  ]);
});

test('memory of the gateway stayed within its bounds', t => {
  const [gateway] = findProcesses(trial.root, /gateway\/main\.ts/);
  assert.ok(gateway);
  t.diagnostic(`gateway: ${(peakMemory(gateway.pid) / MIB).toFixed(0)} MiB at most`);
  assert.ok(peakMemory(gateway.pid) < GATEWAY_PEAK_BYTES);
});
