import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGlobal, originOf, plainAddress, subnetKey, UNKNOWN_ADDRESS } from './address.ts';

test('an address is written plainly', () => {
  assert.equal(plainAddress('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(plainAddress('fe80::1%eth0'), 'fe80::1');
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  assert.equal(plainAddress(undefined), UNKNOWN_ADDRESS);
});

test('one attacker is an IPv4 address or an IPv6 /64', () => {
  const address = (ip: string) => originOf(ip).address;
  assert.equal(address('192.0.2.7'), '192.0.2.7');
  assert.equal(address('2001:db8:1:2:3::4'), address('2001:db8:1:2::'));
  assert.notEqual(address('2001:db8:1:2::1'), address('2001:db8:1:3::1'));
});

test('one network is an IPv4 /24 or an IPv6 /48', () => {
  const network = (ip: string) => originOf(ip).network;
  assert.equal(network('192.0.2.7'), network('192.0.2.255'));
  assert.notEqual(network('192.0.2.7'), network('192.0.3.7'));
  assert.equal(network('2001:db8:1:2::1'), network('2001:db8:1:ffff::1'));
  assert.notEqual(network('2001:db8:1::1'), network('2001:db8:2::1'));
});

test('one subnet is an IPv4 /24 or an IPv6 /64', () => {
  assert.equal(subnetKey('192.0.2.7'), subnetKey('192.0.2.255'));
  assert.notEqual(subnetKey('192.0.2.7'), subnetKey('192.0.3.7'));
  assert.equal(subnetKey('2001:db8:1:2:3::4'), subnetKey('2001:db8:1:2::'));
  assert.notEqual(subnetKey('2001:db8:1:2::1'), subnetKey('2001:db8:1:3::1'));
});

test('only addresses of the public internet are global', () => {
  for (const ip of ['8.8.8.8', '1.1.1.1', '2606:4700::1111']) assert.equal(isGlobal(ip), true, ip);
  const others = [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '192.0.2.1'],
    ...['198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fc00::1', 'ff02::1'],
    ...['2001:db8::1', '2002:7f00:1::', '64:ff9b::7f00:1', '::ffff:127.0.0.1', 'fec0::1', '4000::1', '', 'rubbish'],
  ];
  for (const ip of others) assert.equal(isGlobal(ip), false, ip);
});
