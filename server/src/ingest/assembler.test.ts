import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from '../wire/facts.ts';
import type { GatewayName, SpoolName } from '../wire/spools.ts';
import { Assembler } from './assembler.ts';
import { BootBook } from './boot-book.ts';
import { OPEN_MAX_US } from './publication-rule.ts';
import { attemptStory, beat, bootStory, NOON, SECOND, type StoryOptions, told } from './testing/story.ts';

const CLOSED = NOON + 100_000;

/** An assembler that is told facts one by one; each takes 10 bytes of its spool. */
class Desk {
  readonly assembler: Assembler;
  readonly #ends = new Map<SpoolName, number>();
  readonly boot: string;

  constructor(target = 'practice', gateways: readonly GatewayName[] = ['gateway']) {
    this.assembler = new Assembler(new BootBook([]), [], gateways);
    for (const spool of this.assembler.spools) {
      this.assembler.start(spool, { epoch: spool, from: 0, lost: false });
    }
    const { bootId, facts } = bootStory(target, NOON - 60 * SECOND);
    this.boot = bootId;
    this.tell('supervisor', ...facts);
  }

  tell(spool: SpoolName, ...facts: Fact[]): void {
    for (const fact of facts) {
      const at = this.#ends.get(spool) ?? 0;
      this.#ends.set(spool, at + 10);
      this.assembler.take(spool, { fact, at, next: at + 10 });
    }
  }

  /** Ids that are published now. */
  published(): string[] {
    return this.assembler.harvest(100, 1 << 20).attempts.map(({ id }) => id);
  }

  story(options: StoryOptions = {}) {
    return attemptStory({ bootId: this.boot, ...options });
  }
}

test('an attempt is published when both sides have closed and the guest has said its last', () => {
  const desk = new Desk();
  const { id, gateway, supervisor } = desk.story();
  desk.tell('gateway', ...gateway.slice(0, -1));
  desk.tell('supervisor', ...supervisor);
  assert.deepEqual(desk.published(), []);
  desk.tell('gateway', ...gateway.slice(-1));
  assert.deepEqual(desk.published(), [id]);
  assert.deepEqual(desk.published(), []);
});

test('a guest that stays silent is waited for 2 s of the supervisor’s time, whatever the gateway’s says', () => {
  const desk = new Desk();
  const { id, gateway } = desk.story();
  desk.tell('gateway', ...gateway, beat(CLOSED + 3600 * SECOND));
  desk.tell('supervisor', beat(CLOSED + 2 * SECOND - 1));
  assert.deepEqual(desk.published(), []);
  desk.tell('supervisor', beat(CLOSED + 2 * SECOND));
  assert.deepEqual(desk.published(), [id]);
});

test('an attempt that never reached the guest is published when it is closed', () => {
  const desk = new Desk();
  const { id, gateway } = desk.story();
  desk.tell('gateway', ...gateway.filter(({ kind }) => kind !== 'dial'));
  assert.deepEqual(desk.published(), [id]);
});

test('an attempt whose boot is over is not waited for', () => {
  const desk = new Desk();
  const { id, gateway } = desk.story();
  desk.tell('gateway', ...gateway);
  const end = {
    kind: 'end',
    t: CLOSED,
    target: 'practice',
    bootId: desk.boot,
    reason: 'crash',
    detail: 'panic',
  } as const;
  desk.tell('supervisor', end);
  assert.deepEqual(desk.published(), [id]);
});

test('a supervisor whose spool is gone for good holds nobody up', () => {
  const desk = new Desk();
  const { id, gateway } = desk.story();
  desk.tell('gateway', ...gateway);
  assert.deepEqual(desk.published(), []);
  desk.assembler.supervisorGone(true);
  assert.deepEqual(desk.published(), [id]);
});

test('what a dead gateway left open is over when its successor starts', () => {
  const desk = new Desk();
  const { id, gateway } = desk.story();
  desk.tell('gateway', ...gateway.slice(0, -1), beat(NOON + 300 * SECOND));
  desk.tell('supervisor', beat(NOON + 300 * SECOND));
  assert.deepEqual(desk.published(), [], 'an open connection is open');
  desk.tell('gateway', { kind: 'started', t: NOON + 300 * SECOND });
  desk.tell('supervisor', beat(NOON + 302 * SECOND));
  assert.deepEqual(desk.published(), [id]);
});

test('an attempt whose end was in a damaged stretch is over once no connection can be as old', () => {
  const desk = new Desk();
  const { id, gateway, supervisor } = desk.story();
  desk.tell('gateway', ...gateway.slice(0, -1));
  desk.tell('supervisor', ...supervisor);
  desk.assembler.start('gateway', { epoch: 'gateway', from: 10 * (gateway.length - 1), lost: true });
  desk.tell('gateway', beat(NOON + OPEN_MAX_US - 1));
  assert.deepEqual(desk.published(), []);
  desk.tell('gateway', beat(NOON + OPEN_MAX_US));
  assert.deepEqual(desk.published(), [id]);
});

test('an attempt is of the boot that served it, whichever was there when it came', () => {
  const desk = new Desk();
  const { id, gateway, supervisor } = desk.story();
  const came = gateway.map(fact => (fact.kind === 'open' ? { ...fact, bootId: null } : fact));
  desk.tell('gateway', ...came);
  desk.tell('supervisor', ...supervisor.filter(fact => !(fact.kind === 'guest' && fact.event.kind === 'closed')));
  assert.deepEqual(desk.published(), []);
  const end = { kind: 'end', target: 'practice', bootId: desk.boot, reason: 'request', detail: '' } as const;
  desk.tell('supervisor', { ...end, t: CLOSED });
  assert.deepEqual(desk.published(), [id]);
});

test('a spool that was made anew ends what was open, and counts as a loss', () => {
  const desk = new Desk();
  const { id, gateway } = desk.story();
  desk.tell('gateway', ...gateway.slice(0, -1));
  desk.assembler.start('gateway', { epoch: 'another', from: 0, lost: true });
  desk.tell('supervisor', beat(NOON + 10 * SECOND));
  assert.deepEqual(desk.published(), [id]);
  assert.equal(desk.assembler.lost, 1);
});

test('events that come after publication are handed on by themselves', () => {
  const desk = new Desk();
  const { id, gateway, supervisor } = desk.story();
  desk.tell('gateway', ...gateway);
  desk.tell('supervisor', beat(CLOSED + 2 * SECOND));
  assert.deepEqual(desk.published(), [id]);
  desk.tell('supervisor', ...supervisor);
  assert.deepEqual(desk.published(), [], 'their opening may still come');
  desk.tell('gateway', beat(CLOSED + 4 * SECOND));
  const [late] = desk.assembler.harvest(100, 1 << 20).attempts;
  assert.equal(late?.facts.open, null);
  assert.equal(late?.facts.guest.length, supervisor.length);
});

test('what is not published holds back the position, in both spools', () => {
  const desk = new Desk();
  const [first, second] = [desk.story(), desk.story()];
  desk.tell('gateway', beat(NOON), ...first.gateway.slice(0, 2), ...second.gateway);
  desk.tell('supervisor', ...first.supervisor.slice(0, 1), ...second.supervisor);
  const { attempts, progress } = desk.assembler.harvest(100, 1 << 20);
  assert.deepEqual(
    attempts.map(({ id }) => id),
    [second.id],
  );
  const gatewayFacts = 1 + 2 + second.gateway.length;
  const supervisorFacts = 2 + 1 + second.supervisor.length;
  assert.deepEqual(
    progress.map(({ spool, position, head }) => ({ spool, position, head })),
    [
      { spool: 'gateway', position: 10, head: gatewayFacts * 10 },
      { spool: 'supervisor', position: 20, head: supervisorFacts * 10 },
    ],
  );
});

test('a release on prize raises the alarm before anything is closed, and not one to the guest itself', () => {
  const desk = new Desk('prize');
  const [win, self] = [desk.story({ target: 'prize' }), desk.story({ target: 'prize' })];
  const release = (id: string, peerIsSelf: boolean) =>
    told({ kind: 'released', bytes: 400, peerIsSelf }, { id, target: 'prize', bootId: desk.boot, t: NOON + 5000 });
  desk.tell('supervisor', release(win.id, false), release(self.id, true));
  const { alarms } = desk.assembler.harvest(100, 1 << 20);
  assert.deepEqual(
    alarms.map(({ kind, attemptId }) => [kind, attemptId]),
    [['released', win.id]],
  );
});

test('a proof that does not hold raises the alarm once for its boot', () => {
  const desk = new Desk();
  const fact = { kind: 'proof_failed', t: NOON, target: 'practice', bootId: desk.boot, why: 'it is wrong' } as const;
  desk.tell('supervisor', fact);
  const { alarms } = desk.assembler.harvest(100, 1 << 20);
  assert.deepEqual(
    alarms.map(({ kind, target, attemptId, cause }) => [kind, target, attemptId, cause]),
    [['proof_invalid', 'practice', null, fact.bootId]],
  );
});

test('no alarm for practice', () => {
  const desk = new Desk('practice');
  const { id } = desk.story();
  const at = { id, target: 'practice', bootId: desk.boot, t: NOON };
  desk.tell('supervisor', told({ kind: 'released', bytes: 400, peerIsSelf: false }, at));
  assert.deepEqual(desk.assembler.harvest(100, 1 << 20).alarms, []);
});

/** A TLS 1.3 conversation as far as its records tell: both hellos, one encrypted record of each, then one more of the guest. */
function releaseRecords(lastLength: number) {
  const record = (type: number, length: number) =>
    Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 255]), Buffer.alloc(length)]);
  return { flight: record(23, 900), answer: record(23, 300), last: record(23, lastLength) };
}

for (const { what, length, expected } of [
  { what: 'bytes that look like a release', length: 420, expected: ['release_suspected'] },
  { what: 'an encrypted alert', length: 19, expected: [] },
]) {
  test(`${what}, and silence of the guest for 5 s: ${expected.length} alarms, while the connection is open`, () => {
    const desk = new Desk('prize');
    const { id, gateway } = desk.story({ target: 'prize' });
    const { flight, answer, last } = releaseRecords(length);
    const data = (dir: 'in' | 'out', bytes: Buffer, t: number) =>
      ({ kind: 'data', t, id, dir, at: 0, bytes: bytes.toString('base64') }) as const;
    const opening = gateway.filter(({ kind }) => kind === 'open' || kind === 'dial');
    desk.tell('gateway', ...opening, data('out', flight, NOON), data('in', answer, NOON), data('out', last, NOON + 10));
    desk.tell('supervisor', beat(NOON + 5 * SECOND));
    assert.deepEqual(desk.assembler.harvest(100, 1 << 20).alarms, []);
    desk.tell('supervisor', beat(NOON + 6 * SECOND));
    assert.deepEqual(
      desk.assembler.harvest(100, 1 << 20).alarms.map(({ kind }) => kind),
      expected,
    );
    assert.deepEqual(desk.assembler.harvest(100, 1 << 20).alarms, [], 'once');
  });
}

test('a suspicious silence is waited for 5 s before the attempt is published', () => {
  const desk = new Desk('prize');
  const { id, gateway } = desk.story({ target: 'prize' });
  const { flight, answer, last } = releaseRecords(420);
  const data = (dir: 'in' | 'out', bytes: Buffer) =>
    ({ kind: 'data', t: NOON, id, dir, at: 0, bytes: bytes.toString('base64') }) as const;
  const [open, dial, , close] = gateway;
  assert.ok(open && dial && close?.kind === 'close');
  desk.tell('gateway', open, dial, data('out', flight), data('in', answer), data('out', last), close);
  desk.tell('supervisor', beat(CLOSED + 4.9 * SECOND));
  assert.deepEqual(desk.published(), []);
  desk.tell('supervisor', beat(CLOSED + 5 * SECOND));
  assert.deepEqual(desk.published(), [id]);
});
