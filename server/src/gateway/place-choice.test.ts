import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, chooseVictim, compareClaims, type Holding } from './place-choice.ts';

const GRACE_MS = 3000;
const NOW_MS = 10_000;

/** Somebody slow who is past the grace, but for what is said. */
const holding = (given: Partial<Holding> = {}): Holding => ({
  ...{ network: 'a', sinceMs: 0, bytesIn: 10, stage: 'handshake' },
  ...given,
});

const victim = (...holders: Holding[]) => chooseVictim(holders, GRACE_MS, NOW_MS);

test('nobody has to go within the grace, however slow', () => {
  const fresh = holding({ sinceMs: NOW_MS - GRACE_MS + 1, bytesIn: 0 });
  assert.equal(victim(fresh, fresh), null);
  const late = holding({ sinceMs: NOW_MS - GRACE_MS });
  assert.equal(victim(fresh, late), late);
});

test('nobody has to go about whom the guest has decided, however long ago', () => {
  assert.equal(victim(holding({ stage: 'decided', bytesIn: 0 })), null);
});

test('whom the guest is through with goes first, even if new', () => {
  const over = holding({ stage: 'over', sinceMs: NOW_MS, bytesIn: 5000 });
  assert.equal(victim(holding(), over), over);
});

test('the network with the most places gives one', () => {
  const many = [holding({ network: 'b', bytesIn: 900 }), holding({ network: 'b', bytesIn: 800 })];
  assert.equal(victim(holding({ bytesIn: 0 }), ...many), many[1]);
});

test('a network counts with all that it holds, those within the grace too', () => {
  const slow = holding({ network: 'b', bytesIn: 900 });
  const fresh = holding({ network: 'b', sinceMs: NOW_MS });
  assert.equal(victim(holding({ bytesIn: 0 }), slow, fresh), slow);
});

test('among equals the slowest goes: bytes for the time, not bytes', () => {
  const steady = holding({ network: 'a', sinceMs: 0, bytesIn: 1000 });
  const slower = holding({ network: 'b', sinceMs: 0, bytesIn: 500 });
  const newer = holding({ network: 'c', sinceMs: 6000, bytesIn: 400 });
  assert.equal(victim(steady, slower, newer), slower);
});

test('who brought a whole record comes before who did not, then the smaller network, then the older', () => {
  const claim = (isWhole: boolean, load: number, sinceMs: number): Claim => ({ isWhole, load, sinceMs });
  const inOrder = [claim(true, 0, 9), claim(true, 1, 2), claim(true, 1, 3), claim(false, 0, 1), claim(false, 5, 0)];
  assert.deepEqual([...inOrder].reverse().sort(compareClaims), inOrder);
});
