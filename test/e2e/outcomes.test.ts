import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import type { Channel } from '../../server/src/wire/facts.ts';
import type { Outcome } from '../../server/src/wire/outcomes.ts';
import { get } from './api.ts';
import { makeAuthority } from './authority.ts';
import { restart } from './control.ts';
import type { Case, Cast } from './outcomes/case.ts';
import { assertFlow } from './outcomes/flow.ts';
import { GUEST_AS_CLIENT } from './outcomes/guest-as-client.ts';
import { GUEST_AS_SERVER } from './outcomes/guest-as-server.ts';
import { winner } from './peers/attacks.ts';
import { issueLeaf } from './peers/issue.ts';
import { Line } from './peers/line.ts';
import { type Relayed, relay, relayBack } from './peers/relay.ts';
import { ScriptedClient } from './peers/scripted-client.ts';
import { ScriptedServer } from './peers/scripted-server.ts';
import { findProcesses, isThere } from './processes.ts';
import { whileStalled } from './stalled.ts';
import { type Expected, Trial } from './trial.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/*
 * An attempt for each outcome that a real guest can be brought to, on each channel where it can be: docs/outcomes.md says which, and
 * where the others are shown.
 */

const CHANNELS: readonly Channel[] = ['server', 'client', 'callback'];
/** Connections that one address may have open, kept low so that few are needed to have too many. */
const PER_ADDRESS = 4;
const CROWDED = '127.0.60.1';

/** An alarm must be heard of within this time. */
const ALARM_DEADLINE_MS = 10_000;

let trial: Trial;
let organisers: WebhookReceiver;
let cast: Cast;

before(async () => {
  organisers = await WebhookReceiver.start(() => trial.it.data);
  const env = { PINATA_CAP_PER_ADDRESS: String(PER_ADDRESS), PINATA_WEBHOOK_URL: organisers.url };
  trial = await Trial.start({ env });
  const foreign = await makeAuthority(join(trial.it.authority.folder, 'foreign'), '/CN=somebody else');
  cast = {
    client: trial.client,
    server: await issueLeaf(trial.it.authority, 'server'),
    strangeClient: await issueLeaf(foreign, 'client'),
    strangeServer: await issueLeaf(foreign, 'server'),
  };
});

after(async () => {
  await trial?.stop();
  organisers?.stop();
});

let callers = 0;

/** Each caller is in a network of its own: one network may not ask often to be called back. */
function newCaller(): string {
  callers += 1;
  return `127.1.${callers}.1`;
}

/** A connection to practice. */
function opened(channel: Channel, from?: string): Promise<Line> {
  const { serverPort, clientPort, callbackPort } = trial;
  if (channel === 'callback') return Line.calledBack(callbackPort, trial.it.ports.callback, from ?? newCaller());
  return Line.open(channel === 'server' ? serverPort : clientPort, from);
}

/** One on which keys are agreed, and nothing follows. */
async function halfway(channel: Channel, from?: string): Promise<Line> {
  const line = await opened(channel, from);
  if (channel === 'server') await ScriptedClient.over(line).negotiate();
  else await line.send(await ScriptedServer.over(line).greet());
  return line;
}

/** What the attempt became, by somebody's word. */
async function assertTold(line: Line, expected: Expected): Promise<void> {
  await trial.assertRow(line, expected);
  const { record } = await trial.observer.attempt(line.source);
  assert.equal(record.result.inferred, false);
  await assertFlow(trial.it, record);
}

/** The same where a fault decides how far it had got, and how much of that was written down. */
async function assertEnded(line: Line, outcome: Outcome): Promise<void> {
  const { record } = await trial.observer.attempt(line.source);
  assert.deepEqual([record.result.outcome, record.result.inferred], [outcome, false]);
  await assertFlow(trial.it, record);
}

/** A test for each case. */
function cases(list: readonly Case[], channel: Channel): void {
  for (const { title, expected, attack } of list) {
    test(`${title}: ${expected.outcome}`, async () => assertTold(await attack(() => opened(channel), cast), expected));
  }
}

describe('the guest is the server', () => cases(GUEST_AS_SERVER, 'server'));

describe('the guest is the client', () => cases(GUEST_AS_CLIENT, 'client'));

describe('the guest is the client of somebody who was called back', () => cases(GUEST_AS_CLIENT, 'callback'));

describe('what no guest decides', () => {
  test('more connections than one address may have: gateway_limited on every channel', async () => {
    const held = await Promise.all(Array.from({ length: PER_ADDRESS }, () => halfway('server', CROWDED)));
    const { serverPort, clientPort, callbackPort } = trial;
    for (const port of [serverPort, clientPort, callbackPort]) {
      const line = await Line.open(port, CROWDED);
      await line.finish();
      await assertTold(line, { outcome: 'gateway_limited', depth: 0, close: 'gateway fin' });
    }
    for (const line of held) line.drop();
  });

  test('a call whose caller does not answer: callback_unreachable', async () => {
    const line = await Line.open(trial.callbackPort, newCaller());
    await line.finish();
    await assertTold(line, { outcome: 'callback_unreachable', depth: 0, close: 'gateway fin' });
  });

  test('a target called back into itself: released_relay', async () => {
    const { callback } = trial.it.ports;
    const { sources, passed } = await relayBack(trial.callbackPort, callback, trial.serverPort, newCaller());
    assert.ok(!passed.includes('pinata release'));
    for (const source of sources) {
      const { record } = await trial.observer.attempt(source);
      const { outcome, depth, peerIsSelf } = record.result;
      assert.deepEqual([outcome, depth, peerIsSelf], ['released_relay', 8, true]);
      await assertFlow(trial.it, record);
    }
  });
});

test('all that was survived', () => trial.assertSurvived());

/** Waits until a target does its work: after a fault it is another guest, or another gateway. */
async function untilServed(port: number): Promise<void> {
  const isServed = async () => {
    const peer = await ScriptedClient.connect(port);
    await peer.negotiate().finally(() => peer.line.drop());
    return true;
  };
  await until('it serves', () => isServed().catch(() => false), 30_000);
}

describe('faults of ours', () => {
  beforeEach(() => untilServed(trial.serverPort));

  const machine = () => pidOf(/qemu-system-x86_64.*practice/);
  /** One attempt on each channel that is under way while `fault` happens. */
  const during = async (fault: () => unknown) => {
    const lines = new Map<Channel, Line>();
    for (const channel of CHANNELS) lines.set(channel, await halfway(channel));
    await fault();
    await Promise.all([...lines.values()].map(line => line.finish()));
    return [...lines.values()];
  };

  test('the guest’s machine dies: guest_crash on every channel', async () => {
    for (const line of await during(() => process.kill(machine(), 'SIGKILL'))) {
      await assertEnded(line, 'guest_crash');
    }
  });

  test('the operator restarts the target: target_restarted on every channel', async () => {
    for (const line of await during(() => restart(trial.it, 'practice'))) {
      await assertEnded(line, 'target_restarted');
    }
  });

  test('the gateway is killed: observer_lost on every channel', async () => {
    for (const line of await during(() => process.kill(pidOf(/gateway\/main\.ts/), 'SIGKILL'))) {
      await assertEnded(line, 'observer_lost');
    }
  });

  test('no guest is there, nor comes: backend_unavailable on every channel', async () => {
    const lines = await whileStalled(trial.root, /supervisor\/main\.ts/, async () => {
      const pid = machine();
      process.kill(pid, 'SIGKILL');
      await until('it is gone', () => !isThere(pid));
      const lines = await Promise.all(CHANNELS.map(channel => opened(channel)));
      for (const line of lines) await line.send(Buffer.from('x'));
      await Promise.all(lines.map(line => line.finish()));
      return lines;
    });
    for (const line of lines)
      await assertTold(line, { outcome: 'backend_unavailable', depth: 1, close: 'gateway fin' });
  });

  test('who comes while the guest is away is of the boot that serves them then', async () => {
    process.kill(machine(), 'SIGKILL');
    const won: Line[] = [];
    const win = async () => won.push(await winner(trial.serverPort, trial.client)) > 0;
    await until('the next guest serves', () => win().catch(() => false));
    const [line] = won;
    assert.ok(line);
    const { record } = await trial.observer.attempt(line.source);
    assert.equal(record.bootId, (await trial.observer.boots('practice')).at(-1)?.id);
  });
});

/*
 * Nobody has a certificate of the authority that was born in the prize, so that only the prize itself can win it. If what it tells
 * of that is lost, nobody can know who was at the other end: bytes that may be the secret have left, and that is a breach until proved otherwise.
 */
describe('a release of the prize that nobody heard of: released, an alarm, and never a silent win', () => {
  const legs: [string, () => Promise<Relayed>][] = [
    ['the prize relayed into itself: released', () => relay(trial.it.ports.prize + 2, trial.it.ports.prize)],
    [
      'the prize called back into itself: released',
      () => relayBack(trial.it.ports.prize + 1, trial.it.ports.callback, trial.it.ports.prize, newCaller()),
    ],
  ];
  for (const [name, act] of legs) {
    test(name, async () => {
      await untilServed(trial.it.ports.prize);
      const supervisor = pidOf(/supervisor\/main\.ts/);
      process.kill(supervisor, 'SIGSTOP');
      const { sources } = await act();
      process.kill(supervisor, 'SIGKILL');
      for (const source of sources) {
        const { id, result } = (await trial.observer.attempt(source)).record;
        assert.deepEqual(
          [result.outcome, result.depth, result.inferred, result.peerIsSelf],
          ['released', 8, true, null],
        );
        await until('the alarm is public', async () => {
          const { alarms } = await get<{ alarms: { kind: string; attemptId: string }[] }>(trial.it, '/status.json');
          return alarms.some(({ kind, attemptId }) => kind === 'released' && attemptId === id);
        });
        const isTold = () => organisers.told.some(({ kind, attemptId }) => kind === 'released' && attemptId === id);
        await until('the organisers are told', isTold, ALARM_DEADLINE_MS);
      }
    });
  }
});

function pidOf(pattern: RegExp): number {
  const [found] = findProcesses(trial.root, pattern);
  assert.ok(found, `a process that matches ${pattern}`);
  return found.pid;
}
