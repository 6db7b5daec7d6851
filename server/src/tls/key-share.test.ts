import assert from 'node:assert/strict';
import { test } from 'node:test';
import { x25519 } from '@noble/curves/ed25519.js';
import { describeShare } from './key-share.ts';
import { TlsObserver } from './observer.ts';
import { recordings } from './testing/recording.ts';

/** The field's prime, 2^255 - 19, and the two coordinates of order eight. */
const P = 2n ** 255n - 19n;
const ORDER_EIGHT = [
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];
const SMALL = [0n, 1n, P - 1n, P, P + 1n, ...ORDER_EIGHT];

test('points of small order are known, with the top bit as without it', () => {
  for (const coordinate of SMALL) {
    for (const top of [0n, 1n << 255n]) {
      const point = littleEndian(coordinate + top);
      assert.equal(describeShare(29, point, 'client').flaw, 'low_order');
      assert.throws(() => x25519.getSharedSecret(Buffer.alloc(32, 7), point), 'another library finds no secret there');
    }
  }
  assert.equal(describeShare(29, littleEndian(9n), 'client').flaw, null);
});

test('what real programs send and get is sound, where they are not made to break it', () => {
  const honest = recordings().filter(({ name }) => !name.startsWith('tls-attacker'));
  const shares = honest.flatMap(({ segments }) => {
    const observer = new TlsObserver('server');
    for (const { dir, bytes } of segments) observer.push(dir, bytes, 0);
    const { clientHello, serverHello } = observer.result();
    return [...(clientHello?.shares ?? []), ...(serverHello?.share ? [serverHello.share] : [])];
  });
  assert.deepEqual(
    shares.filter(({ flaw }) => flaw !== null),
    [],
  );
  const groups = new Set(shares.map(({ group }) => group));
  for (const group of [0x17, 0x18, 0x19, 0x1d, 0x1e, 0x100, 0x11ec]) assert.ok(groups.has(group), `group ${group}`);
});

test('a key encapsulation has one length from the client and another from the server', () => {
  const length = (bytes: number, of: 'client' | 'server') => describeShare(0x11ec, Buffer.alloc(bytes, 9), of).flaw;
  assert.deepEqual([length(1216, 'client'), length(1120, 'server')], [null, null]);
  assert.deepEqual([length(1120, 'client'), length(1216, 'server')], ['length', 'length']);
  const zero = Buffer.concat([Buffer.alloc(1184, 9), Buffer.alloc(32)]);
  assert.equal(describeShare(0x11ec, zero, 'client').flaw, 'low_order');
});

test('a finite field refuses 0 and 1, and an unknown group only nothing at all', () => {
  const one = Buffer.concat([Buffer.alloc(255), Buffer.from([1])]);
  assert.equal(describeShare(0x100, one, 'client').flaw, 'low_order');
  assert.equal(describeShare(0x100, Buffer.alloc(256, 2), 'client').flaw, null);
  assert.equal(describeShare(0x4444, Buffer.alloc(0), 'client').flaw, 'length');
  assert.equal(describeShare(0x4444, Buffer.alloc(7), 'client').flaw, null);
});

function littleEndian(value: bigint): Buffer {
  const hex = (value & (2n ** 256n - 1n)).toString(16).padStart(64, '0');
  return Buffer.from(hex, 'hex').reverse();
}
