import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from '../wire/facts.ts';
import { newUuidV7 } from '../wire/ids.ts';
import type { SpoolName } from '../wire/spools.ts';
import { Assembler } from './assembler.ts';
import { BootBook } from './boot-book.ts';
import { attemptStory, beat, NOON, SECOND } from './testing/story.ts';

const LINE = 10;
const BOOT = newUuidV7(NOON / 1000);
const story = () => attemptStory({ bootId: BOOT });

/** Tells an assembler of two gateways facts one by one; each takes 10 bytes of its spool. */
class Desk {
  readonly assembler = new Assembler(new BootBook([]), [], ['gateway', 'gateway-2']);
  readonly #ends = new Map<SpoolName, number>();

  constructor() {
    for (const spool of this.assembler.spools) this.assembler.start(spool, { epoch: spool, from: 0, lost: false });
  }

  tell(spool: SpoolName, ...facts: Fact[]): void {
    for (const fact of facts) {
      const at = this.#ends.get(spool) ?? 0;
      this.#ends.set(spool, at + LINE);
      this.assembler.take(spool, { fact, at, next: at + LINE });
    }
  }

  /** What is published now, and how far each spool may be forgotten. */
  harvest() {
    const { attempts, progress } = this.assembler.harvest(100, 1 << 20);
    const positions = Object.fromEntries(progress.map(({ spool, position }) => [spool, position]));
    return { ids: attempts.map(({ id }) => id), positions };
  }
}

test('attempts of several gateways are published once each, and each holds back its own spool alone', () => {
  const desk = new Desk();
  const [one, two] = [story(), story()];
  desk.tell('gateway', ...one.gateway);
  desk.tell('gateway-2', ...two.gateway.slice(0, -1));
  desk.tell('supervisor', ...one.supervisor, ...two.supervisor);
  const first = desk.harvest();
  assert.deepEqual(first.ids, [one.id]);
  assert.deepEqual([first.positions.gateway, first.positions['gateway-2']], [one.gateway.length * LINE, 0]);
  desk.tell('gateway-2', ...two.gateway.slice(-1));
  const second = desk.harvest();
  assert.deepEqual(second.ids, [two.id]);
  assert.equal(second.positions['gateway-2'], two.gateway.length * LINE);
});

test('a gateway that starts again ends what it held, and nothing of the others', () => {
  const desk = new Desk();
  const [one, two] = [story(), story()];
  desk.tell('gateway', ...one.gateway.slice(0, 1));
  desk.tell('gateway-2', ...two.gateway.slice(0, 1));
  desk.tell('gateway-2', { kind: 'started', t: NOON + SECOND });
  assert.deepEqual(desk.harvest().ids, [two.id]);
});

test('an event waits for its opening until the slowest gateway has come so far', () => {
  const desk = new Desk();
  const { id, supervisor } = story();
  desk.tell('supervisor', ...supervisor);
  desk.tell('gateway', beat(NOON + 60 * SECOND));
  assert.deepEqual(desk.harvest().ids, []);
  desk.tell('gateway-2', beat(NOON + 60 * SECOND));
  assert.deepEqual(desk.harvest().ids, [id]);
});

test('how much waits is counted for each gateway alone', () => {
  const desk = new Desk();
  desk.tell('gateway', ...story().gateway, ...story().gateway);
  desk.tell('gateway-2', ...story().gateway);
  const waiting = (spool: SpoolName) => desk.assembler.backlog(spool).attempts;
  assert.deepEqual([waiting('gateway'), waiting('gateway-2'), waiting('supervisor')], [2, 1, 0]);
});
