import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { ipVersion, sourcePrefix, sourceToken } from './source-token.ts';

const key = Buffer.alloc(32, 7);

test('a token is the first 128 bits of HMAC-SHA-256 over the bytes of the address', () => {
  const expected = createHmac('sha256', key)
    .update(Buffer.from([192, 0, 2, 7]))
    .digest('hex')
    .slice(0, 32);
  assert.equal(sourceToken(key, '192.0.2.7'), expected);
});

test('neighbours of one /24, and the /64s of one /48, get tokens that share nothing', () => {
  const addresses = [...Array(256).keys()].flatMap(last => [`192.0.2.${last}`, `2001:db8:0:${last.toString(16)}::1`]);
  const tokens = addresses.map(ip => sourceToken(key, ip));
  assert.equal(new Set(tokens).size, 512);
  // 512 random tokens share a beginning of 8 digits with a chance of 1 in 30,000; those of a prefix-preserving scheme all do.
  assert.equal(new Set(tokens.map(token => token.slice(0, 8))).size, 512);
});

test('IPv6 counts by its /64, and however it is written it is one address', () => {
  assert.equal(sourceToken(key, '2001:db8::1'), sourceToken(key, '2001:db8::ffff:2'));
  assert.notEqual(sourceToken(key, '2001:db8::1'), sourceToken(key, '2001:db8:0:1::1'));
  assert.equal(sourceToken(key, '2001:db8::1'), sourceToken(key, '2001:DB8:0:0:0:0:0:1'));
  assert.equal(sourceToken(key, '::ffff:192.0.2.7'), sourceToken(key, '192.0.2.7'));
});

test('another key gives another token', () => {
  assert.notEqual(sourceToken(key, '192.0.2.7'), sourceToken(Buffer.alloc(32, 8), '192.0.2.7'));
});

test('versions and prefixes', () => {
  assert.equal(ipVersion('::ffff:192.0.2.7'), 4);
  assert.equal(ipVersion('2001:db8::1'), 6);
  assert.equal(sourcePrefix('192.0.2.7'), '192.0.2.0/24');
  assert.equal(sourcePrefix('2001:db8:1:2:3::4'), '2001:db8:1::/48');
});
