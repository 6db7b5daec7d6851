import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecisionWatch } from './decision-watch.ts';

const record = (type: number, length: number) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 255]), Buffer.alloc(length, 23)]);

const HELLO = record(22, 122);
const CHANGE_CIPHER_SPEC = record(20, 1);
const FLIGHT = record(23, 900);
const ALERT = record(21, 2);
const SEALED_ALERT = record(23, 19);
const RELEASE = record(23, 700);

/** Whether the guest has decided, after each of these. */
function decided(role: 'server' | 'client', ...parts: Buffer[]): boolean[] {
  const watch = new DecisionWatch(role);
  return parts.map(part => {
    watch.push(part);
    return watch.isDecided;
  });
}

test('as server the guest has decided with its first protected record after its flight', () => {
  assert.deepEqual(decided('server', HELLO, CHANGE_CIPHER_SPEC, FLIGHT, RELEASE), [false, false, false, true]);
  assert.deepEqual(decided('server', HELLO, FLIGHT, SEALED_ALERT), [false, false, true]);
});

test('a HelloRetryRequest decides nothing', () => {
  assert.deepEqual(decided('server', HELLO, CHANGE_CIPHER_SPEC, HELLO, FLIGHT), [false, false, false, false]);
});

test('as client it has decided with its own protected flight', () => {
  assert.deepEqual(decided('client', HELLO, HELLO, CHANGE_CIPHER_SPEC, FLIGHT), [false, false, false, true]);
});

test('an alert in the clear decides', () => {
  assert.deepEqual(decided('server', ALERT), [true]);
  assert.deepEqual(decided('client', HELLO, ALERT), [false, true]);
});

test('how it is split does not matter', () => {
  const all = Buffer.concat([HELLO, CHANGE_CIPHER_SPEC, FLIGHT, record(23, 0)]);
  const bytes = Array.from(all, byte => Buffer.of(byte));
  const said = decided('server', ...bytes);
  assert.equal(said.indexOf(true), all.length - 1);
  assert.deepEqual(decided('server', all), [true]);
});
