import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { until } from './gateway.fixture.ts';
import type { Stage } from './place-choice.ts';
import { type Place, type PlaceLimits, Places, type Visitor } from './places.ts';

const LIMITS: PlaceLimits = { perNetwork: 2, graceMs: 1000, waiting: 3, waitMs: 2000, restMs: 0 };
const FOUR = 4;

let visitors = 0;

class TestVisitor implements Visitor {
  readonly network: string;
  /** Undefined until there is an answer. */
  answer: Place | null | undefined;
  bytesIn = 0;
  isWhole = true;
  stage: Stage = 'handshake';
  isHere = true;
  hasGivenWay = false;

  constructor(network = `network ${++visitors}`) {
    this.network = network;
  }

  isWanted(): boolean {
    return this.isHere;
  }

  progress() {
    return { bytesIn: this.bytesIn, isWhole: this.isWhole, stage: this.stage };
  }

  giveWay(): void {
    this.hasGivenWay = true;
    this.isHere = false;
  }

  get says(): string {
    if (this.hasGivenWay) return 'gave way';
    if (this.answer === undefined) return 'waits';
    return this.answer === null ? 'turned away' : 'has a place';
  }
}

/** Places whose clock the test holds. */
function scene(limits: Partial<PlaceLimits> = {}, size = FOUR) {
  const clock = { ms: 0 };
  const places = new Places(size, { ...LIMITS, ...limits }, () => clock.ms);
  const come = async (visitor = new TestVisitor()) => {
    void places.take(visitor).then(place => {
      visitor.answer = place;
    });
    await nextTurn();
    return visitor;
  };
  /** Twice: who was made room for has it the next time. */
  const look = async () => {
    places.look();
    places.look();
    await nextTurn();
  };
  return { clock, look, come };
}

const words = (all: readonly TestVisitor[]) => all.map(({ says }) => says);

test('as many as there are places have one, the next waits and has the first that is left', async () => {
  const { come } = scene();
  const first = [await come(), await come(), await come(), await come()];
  assert.deepEqual(words(first), Array(FOUR).fill('has a place'));
  const next = await come();
  assert.equal(next.says, 'waits');
  first[2]?.answer?.leave();
  await nextTurn();
  assert.equal(next.says, 'has a place');
});

test('a place that was left rests before it is given again, and nobody else has to leave meanwhile', async () => {
  const { clock, look, come } = scene({ restMs: 200 });
  const holders = [];
  for (let n = 0; n < FOUR; n++) holders.push(await come());
  clock.ms = LIMITS.graceMs;
  const newcomer = await come();
  for (const ms of [0, 100, 199]) {
    clock.ms = LIMITS.graceMs + ms;
    await look();
    assert.equal(newcomer.says, 'waits');
  }
  clock.ms = LIMITS.graceMs + 200;
  await look();
  assert.equal(newcomer.says, 'has a place');
  assert.equal(words(holders).filter(says => says === 'gave way').length, 1);
});

test('leaving twice frees one place', async () => {
  const { come } = scene();
  const first = await come();
  for (let n = 0; n < 3; n++) await come();
  first.answer?.leave();
  first.answer?.leave();
  assert.deepEqual(words([await come(), await come()]), ['has a place', 'waits']);
});

test('a network has no more than its own, and half of few places at most', async () => {
  const { come } = scene({ perNetwork: 3 });
  const crowd = [];
  for (let n = 0; n < 3; n++) crowd.push(await come(new TestVisitor('crowd')));
  assert.deepEqual(words(crowd), ['has a place', 'has a place', 'waits']);
  assert.equal((await come()).says, 'has a place');
});

test('a newcomer waits out the grace of the others, then the slowest goes and loses nothing twice', async () => {
  const { clock, look, come } = scene();
  const holders = [];
  for (const bytesIn of [500, 20, 300, 400]) {
    const holder = await come();
    holder.bytesIn = bytesIn;
    holders.push(holder);
  }
  const newcomer = await come();
  clock.ms = LIMITS.graceMs - 1;
  await look();
  assert.equal(newcomer.says, 'waits');
  clock.ms = LIMITS.graceMs;
  await look();
  assert.equal(newcomer.says, 'has a place');
  assert.deepEqual(words(holders), ['has a place', 'gave way', 'has a place', 'has a place']);
  holders[1]?.answer?.leave();
  newcomer.bytesIn = 1;
  const another = await come();
  await look();
  assert.deepEqual([another.says, words(holders)[2]], ['has a place', 'gave way'], 'the slowest that is not new');
});

test('who fills what their network may have displaces only their neighbours', async () => {
  const { clock, look, come } = scene();
  const neighbour = await come(new TestVisitor('crowd'));
  neighbour.bytesIn = 10_000;
  const other = await come(new TestVisitor('crowd'));
  other.bytesIn = 20_000;
  const strangers = [await come(new TestVisitor('strangers')), await come(new TestVisitor('strangers'))];
  clock.ms = LIMITS.graceMs;
  const third = await come(new TestVisitor('crowd'));
  await look();
  assert.deepEqual(words([neighbour, other, third]), ['gave way', 'has a place', 'has a place']);
  assert.deepEqual(words(strangers), ['has a place', 'has a place'], 'although they are slower');
});

test('the next place is of who brought a whole record, then of whose network has the fewest', async () => {
  const { come } = scene({ perNetwork: 4 });
  const first = [];
  for (const network of ['crowd', 'b', 'c', 'd']) first.push(await come(new TestVisitor(network)));
  const neighbour = await come(new TestVisitor('crowd'));
  const drip = new TestVisitor();
  drip.isWhole = false;
  await come(drip);
  const stranger = await come();
  const order = [];
  for (const { answer } of first.slice(1)) {
    answer?.leave();
    await nextTurn();
    order.push(words([stranger, neighbour, drip]).filter(says => says === 'has a place').length);
    if (order.length === 1) assert.equal(stranger.says, 'has a place');
    if (order.length === 2) assert.equal(neighbour.says, 'has a place');
  }
  assert.deepEqual(order, [1, 2, 3]);
});

test('beyond the waiting room the weakest claim is turned away, which need not be the newest', async () => {
  const { come } = scene();
  for (let n = 0; n < FOUR; n++) await come();
  const drip = new TestVisitor();
  drip.isWhole = false;
  const waiting = [await come(drip), await come(), await come()];
  assert.deepEqual(words(waiting), Array(3).fill('waits'));
  const newcomer = await come();
  assert.deepEqual(words([...waiting, newcomer]), ['turned away', 'waits', 'waits', 'waits']);
  const last = await come();
  assert.equal(last.says, 'turned away', 'of equals the newest');
});

test('who waits in vain is turned away in time, by itself', async () => {
  const { clock, come } = scene({ graceMs: 60_000 });
  for (let n = 0; n < FOUR; n++) await come();
  const newcomer = await come();
  assert.equal(newcomer.says, 'waits');
  clock.ms = LIMITS.waitMs;
  await until(() => newcomer.says === 'turned away');
});

test('with no time to wait there is a place at once or none', async () => {
  const { come } = scene({ waitMs: 0 });
  const all = [];
  for (let n = 0; n <= FOUR; n++) all.push(await come());
  assert.deepEqual(words(all), [...Array(FOUR).fill('has a place'), 'turned away']);
});

test('who is gone while waiting takes no place, and nobody gives way for them', async () => {
  const { clock, look, come } = scene();
  const holders = [];
  for (let n = 0; n < FOUR; n++) holders.push(await come());
  const newcomer = await come();
  newcomer.isHere = false;
  clock.ms = LIMITS.graceMs;
  await look();
  assert.deepEqual(words([newcomer, ...holders]), ['turned away', ...Array(FOUR).fill('has a place')]);
});
