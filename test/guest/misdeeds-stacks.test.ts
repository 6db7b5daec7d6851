import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertDied,
  assertGone,
  FAULT,
  MisdeedMachine,
  PAGE,
  PLACED_FROM,
  pageFaultIn,
  stackIn,
} from './misdeeds-machine.ts';
import { WITHOUT_GENERATOR } from './qemu-wrapper.ts';

// Where the stacks are, and what becomes of a guest that leaves them.

const machine = new MisdeedMachine();

test('the stack does not run', async () => {
  const { address, rip } = await machine.pageFault('run the stack', FAULT.protectedFetch);
  assert.equal(address, rip);
  assert.ok(address >= PLACED_FROM, String(address));
});

test('each stack is elsewhere at each boot', async () => {
  for (const misdeed of [
    'read past the stack',
    'read past the stack of faults',
    'read below the stack of interrupts',
  ]) {
    const [one, other] = [stackIn(await machine.doing(misdeed)), stackIn(await machine.doing(misdeed))];
    assert.ok(one.start >= PLACED_FROM && other.start >= PLACED_FROM, misdeed);
    assert.notEqual(one.start, other.start, misdeed);
  }
});

test('a stack that overflows meets its guard page', async () => {
  const life = await machine.doing('overflow the stack');
  const { address } = pageFaultIn(assertDied(life), FAULT.write);
  const { start } = stackIn(life);
  assert.ok(address >= start - PAGE && address < start, `${address} below ${start}`);
});

test('above each stack comes an absent page, and below that of interrupts', async () => {
  for (const misdeed of ['read past the stack', 'read past the stack of faults']) {
    const life = await machine.doing(misdeed);
    assert.equal(pageFaultIn(assertDied(life), FAULT.absent).address, stackIn(life).end);
  }
  const life = await machine.doing('read below the stack of interrupts');
  assert.equal(pageFaultIn(assertDied(life), FAULT.absent).address, stackIn(life).start - 1);
});

test('a fault whose handling overflows its stack is told all the same', async () => {
  const life = await machine.doing('overflow the stack of faults');
  assert.equal(life.end.detail, 'panic', JSON.stringify(life));
  const { start } = stackIn(life);
  // The second fault, not the first, which was at address 0.
  const { address } = pageFaultIn(life.end.lastWords, FAULT.write);
  assert.ok(address >= start - PAGE && address < start, `${address} below ${start}`);
  assertGone(life);
});

test('a fault that finds no stack ends the machine at once', async () => {
  const life = await machine.doing('lose the stack of faults');
  assert.equal(life.end.detail, 'shutdown: guest-reset', JSON.stringify(life));
  assert.equal(life.end.lastWords, '');
  assertGone(life);
});

test('a processor without a generator has its stacks elsewhere at each boot, too', async () => {
  const doing = () => machine.doing('read past the stack', { sed: WITHOUT_GENERATOR });
  const [one, other] = [stackIn(await doing()), stackIn(await doing())];
  assert.ok(one.start >= PLACED_FROM && one.start !== other.start);
});
