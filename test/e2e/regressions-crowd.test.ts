import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { get } from './api.ts';
import { allRows } from './ledger.ts';
import { peakMemory } from './memory.ts';
import type { Boot } from './observer.ts';
import { winner } from './peers/attacks.ts';
import { certificateDrips, helloDrips, longCertificates, mutes, silentCallers } from './peers/crowd.ts';
import type { Line } from './peers/line.ts';
import { relay } from './peers/relay.ts';
import { ScriptedClient } from './peers/scripted-client.ts';
import { findProcesses } from './processes.ts';
import { type Expected, Trial } from './trial.ts';

// Items 5 and 7 of the list in regressions.test.ts, and what takes the guests' whole patience; then a guest that dies.

const MIB = 1 << 20;
/** What a machine of 16 MiB and QEMU around it may take. */
const QEMU_PEAK_BYTES = 96 * MIB;
/** Node.js takes some 60 MiB before it does anything. */
const GATEWAY_PEAK_BYTES = 256 * MIB;
/** Of the 64 places that the supervisor gives a guest, the gateway keeps one for self-tests. */
const OUTSIDERS = 63;
/** They wait until others have been slow for long enough to give way to them. */
const TOO_MANY = 25;
/** Buffers for long messages (`pinata-image/tls/src/buffer.rs`). */
const LONG_MESSAGES = 8;
/** The aim is one second, on a machine that does nothing else; `./pinata bench guest` measures. */
const READY_AGAIN_MS = 5000;

let trial: Trial;
let crowd: Awaited<ReturnType<typeof gather>>;

before(async () => {
  trial = await Trial.start({ env: { PINATA_SELF_TEST_S: '5' } });
  crowd = await gather();
});

after(() => trial?.stop());

/** Those who use up the guests' patience: they begin before the first test, go on beside all others, and are judged by the last ones. */
async function gather() {
  const { prize, practice } = trial.it.ports;
  const long = await longCertificates(practice, 1, LONG_MESSAGES + 4);
  await until('four of them were cut off', () => long.filter(line => line.isOver).length === 4);
  return {
    long,
    flood: await helloDrips(prize, 2, OUTSIDERS + TOO_MANY),
    drips: await helloDrips(practice, 3, 40),
    mutes: await mutes(practice, 4, 16),
    mutesForClient: await mutes(practice + 2, 5, 10, 5),
    certificates: await certificateDrips({ server: practice, client: practice + 2 }, 6),
    callers: await silentCallers(practice + 1, trial.it.ports.callback, 8),
  };
}

function tellMiB(t: TestContext, what: string, bytes: number): void {
  t.diagnostic(`${what}: ${(bytes / MIB).toFixed(0)} MiB at most`);
}

describe('a crowd that wants nothing but patience', () => {
  const timeout = { outcome: 'handshake_timeout', says: 'limit handshake' };
  const all = async (lines: readonly Line[], expected: Expected) => {
    for (const line of lines) await trial.assertRow(line, expected);
  };

  test('keeps nobody else from being served', async () => {
    await trial.assertSurvived();
    assert.ok(crowd.drips.every(line => !line.isOver));
  });

  test('hellos byte by byte end at their deadline', () => all(crowd.drips, { ...timeout, depth: 1 }));

  test('Certificates byte by byte end at their deadline, in both roles', () =>
    all(crowd.certificates, { ...timeout, depth: 3 }));

  test('who never speaks never reaches the guest, or ends at its deadline where it speaks first', async () => {
    await all(crowd.mutes, { outcome: 'idle_timeout', depth: 0 });
    await all(crowd.mutesForClient, { outcome: 'idle_timeout', depth: 0, says: 'limit handshake' });
  });

  test('a caller who says nothing when called back, or nothing more than a hello, ends at the guest’s deadline', async () => {
    const { mute, stuck } = crowd.callers;
    await trial.assertRow(mute, { outcome: 'idle_timeout', depth: 0, says: 'limit handshake' });
    await trial.assertRow(stuck, { ...timeout, depth: 3 });
  });

  test('of long Certificates as many as there are buffers for end at their deadline, the rest at once', async () => {
    const outcomes = await trial.tally(crowd.long);
    assert.deepEqual(outcomes, { handshake_timeout: LONG_MESSAGES, guest_limit: crowd.long.length - LONG_MESSAGES });
  });

  test('beyond the places the gateway gives each to whoever waits in turn, and self-tests find theirs', async () => {
    const outcomes = await trial.tally(crowd.flood);
    assert.deepEqual(outcomes, { handshake_timeout: OUTSIDERS, gateway_limited: TOO_MANY });
    const { targets } = await get<{ targets: { selfTest: { passed: boolean } }[] }>(trial.it, '/status.json');
    assert.deepEqual(
      targets.map(({ selfTest }) => selfTest.passed),
      [true, true],
    );
    const legs = (await allRows(trial.it)).filter(row => row.target === 'prize' && row.result.selfTest);
    const outcomesOfLegs = new Set(legs.map(row => row.result.outcome));
    assert.deepEqual([...outcomesOfLegs].sort(), ['certificate_missing', 'released_self_test']);
  });
});

describe('relays', () => {
  for (const target of ['prize', 'practice'] as const) {
    test(`${target} into itself is two legs of released_relay, and the relay sees no document`, async () => {
      const port = trial.it.ports[target];
      const { sources, passed } = await relay(port + 2, port);
      assert.ok(!passed.includes('pinata release'));
      for (const source of sources) {
        const { record } = await trial.observer.attempt(source);
        assert.equal(record.result.outcome, 'released_relay');
        assert.deepEqual([record.result.depth, record.result.peerIsSelf, record.result.selfTest], [8, true, false]);
      }
      await trial.assertSurvived();
    });
  }

  test('only what was registered as a self-test is called one', async () => {
    const selfTests = async () => (await allRows(trial.it)).filter(row => row.result.outcome === 'released_self_test');
    await until(
      'self-tests of both targets',
      async () => new Set((await selfTests()).map(row => row.target)).size === 2,
    );
    for (const row of await selfTests()) assert.ok(row.result.selfTest && row.result.peerIsSelf, row.id);
  });

  test('one target into another is refused at both ends', async () => {
    const { sources } = await relay(trial.it.ports.prize + 2, trial.it.ports.practice);
    const [prize, practice] = sources.map(source => ({ source }));
    assert.ok(prize && practice);
    await trial.assertRow(prize, { outcome: 'certificate_untrusted', depth: 4, alert: 48, class: 'E02_unknown_ca' });
    await trial.assertRow(practice, { outcome: 'refused_by_peer', depth: 3 });
    await trial.assertSurvived();
  });
});

describe('after all that', () => {
  test('memory stayed within its bounds', t => {
    const { root } = trial;
    for (const { pid, argv } of findProcesses(root, /qemu-system-x86_64/)) {
      tellMiB(t, /prize|practice/.exec(argv.join(' '))?.[0] ?? 'a guest', peakMemory(pid));
      assert.ok(peakMemory(pid) < QEMU_PEAK_BYTES, argv.join(' '));
    }
    const [gateway] = findProcesses(root, /gateway\/main\.ts/);
    assert.ok(gateway);
    tellMiB(t, 'gateway', peakMemory(gateway.pid));
    assert.ok(peakMemory(gateway.pid) < GATEWAY_PEAK_BYTES);
  });

  test('everything was survived', () => trial.assertSurvived());
});

describe('a guest that dies under an attack', () => {
  test('is a public crash, its attempt is kept with all that was said, and the next guest serves', async t => {
    const scripted = await ScriptedClient.connect(trial.serverPort);
    await scripted.negotiate();
    const [machine] = findProcesses(trial.root, /qemu-system-x86_64.*practice/);
    assert.ok(machine);
    process.kill(machine.pid, 'SIGKILL');
    await scripted.line.finish();
    await trial.assertRow(scripted.line, { outcome: 'guest_crash', depth: 3, class: 'G02_guest_crash' });
    const { record, events, said } = await trial.observer.attempt(scripted.line.source);
    assert.equal(record.bootId, trial.boots.practice);
    assert.ok(said.includes(scripted.hello), 'what they said is kept');
    assert.ok(
      events.some(({ kind }) => kind === 'server_flight'),
      'what the guest told is kept',
    );

    const next = await bootAfter(trial.boots.practice);
    const boots = await trial.observer.boots('practice');
    const crashed = boots.find(({ id }) => id === trial.boots.practice);
    assert.deepEqual([crashed?.endReason, next.reason], ['crash', 'crash']);
    const awayMs = (Number(next.readyUs) - Number(crashed?.endedUs)) / 1000;
    t.diagnostic(`ready again ${awayMs.toFixed(0)} ms after the end, by the supervisor's facts`);
    assert.ok(awayMs < READY_AGAIN_MS, `${awayMs} ms`);
    await winner(trial.serverPort, trial.client);
  });
});

/** The boot that came after one, once it is ready and public. */
async function bootAfter(id: string): Promise<Boot> {
  let next: Boot | undefined;
  await until('the next boot is ready', async () => {
    const { rows } = await get<{ rows: { id: string; endReason: string | null }[] }>(trial.it, '/api/v1/boots');
    const isCrashPublic = rows.some(boot => boot.id === id && boot.endReason === 'crash');
    next = (await trial.observer.boots('practice')).find(boot => boot.id > id && boot.readyUs !== null);
    return isCrashPublic && next !== undefined;
  });
  assert.ok(next);
  return next;
}
