import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networkOf } from './network.ts';
import { withoutAddresses } from './say.ts';
import { parseUntil } from './until.ts';

test('an address or a prefix is a network, with the bits after its length zero', () => {
  const expected: [string, string][] = [
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['198.51.100.77/18', '198.51.64.0/18'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:3:4:5:6/128', '2001:db8:1:2:3:4:5:6/128'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
  ];
  for (const [text, cidr] of expected) assert.equal(networkOf(text).cidr, cidr, text);
});

test('what is no network, or a whole country’s, cannot be banned', () => {
  const refused = [
    '',
    'example',
    '192.0.2',
    '0x7f000001',
    '192.0.2.7/33',
    '192.0.2.7/',
    '192.0.2.7/24/8',
    '10.0.0.0/15',
  ];
  for (const text of [...refused, '2001:db8::/31', '2001:db8::/-1', 'fe80::1%eth0', '0.0.0.0/0', '::/0'])
    assert.throws(() => networkOf(text), { code: 'BAN_UNUSABLE' }, text);
});

test('a time to come is given as such, or as how long from now', () => {
  const now = Date.parse('2026-11-24T12:00:00Z');
  const at = (text: string) => parseUntil(text, now)?.toISOString() ?? null;
  assert.equal(at('90m'), '2026-11-24T13:30:00.000Z');
  assert.equal(at('7d'), '2026-12-01T12:00:00.000Z');
  assert.equal(at('2026-11-24T13:00:00+01:00'), null, 'that is now');
  assert.equal(at('2026-11-24T13:00:01+01:00'), '2026-11-24T12:00:01.000Z');
  for (const text of ['', '0h', '2026-11-25', '2026-11-25T12:00:00', 'tomorrow', '1e3h', '2026-13-01T00:00:00Z'])
    assert.equal(at(text), null, text);
});

test('a reason is kept without the addresses in it', () => {
  const said = withoutAddresses(
    'floods from 192.0.2.7, (2001:db8::1) and 198.51.100.0/24; see [2001:db8::1]:443, at 12:30',
  );
  assert.equal(said, 'floods from [address] [address] and [address] see [address] at 12:30');
});
