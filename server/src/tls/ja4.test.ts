import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientHello } from './client-hello.ts';
import { ja4 } from './ja4.ts';
import { clientHello, extension, u16s, vector8, vector16 } from './testing/bytes.ts';

/** Lists of the example in FoxIO's description of JA4 (a Chrome), whose fingerprint is given there. */
const CIPHERS = [
  0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f,
  0x0035,
];
const ALGORITHMS = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
const PLAIN = [0x001b, 0x0033, 0x4469, 0x0017, 0x002d, 0x000b, 0x0012, 0x0023, 0xff01, 0x000a, 0x0005, 0x0015];

function fingerprint(extensions: Buffer[], ciphers: number[] = CIPHERS): string {
  const parsed = parseClientHello(clientHello({ ciphers, extensions }), 0x0301);
  assert.ok(parsed);
  return ja4(parsed.hello, parsed.firstAlpn);
}

function withAlpn(...bytes: number[]): string {
  return fingerprint([extension(16, vector16(vector8(Buffer.from(bytes))))]).slice(8, 10);
}

test('the example of the description gives the fingerprint of the description', () => {
  const found = fingerprint([
    extension(0, Buffer.from('000e00000b6578616d706c652e636f6d', 'hex')),
    ...PLAIN.map(type => extension(type, Buffer.alloc(0))),
    extension(13, vector16(u16s(ALGORITHMS))),
    extension(16, vector16(Buffer.from('\x02h2\x08http/1.1'))),
    extension(43, vector8(u16s([0x0304, 0x0303]))),
  ]);
  assert.equal(found, 't13d1516h2_8daaf6152771_e5627efa2ab1');
});

test('GREASE counts nowhere', () => {
  const grease = 0x3a3a;
  const plain = [extension(43, vector8(u16s([0x0304]))), extension(13, vector16(u16s(ALGORITHMS)))];
  const greased = [
    extension(grease, Buffer.alloc(0)),
    extension(43, vector8(u16s([0xdada, 0x0304]))),
    extension(13, vector16(u16s([grease, ...ALGORITHMS]))),
  ];
  assert.equal(fingerprint(greased, [grease, ...CIPHERS]), fingerprint(plain));
});

test('an empty list of ciphers or extensions hashes to zeros', () => {
  assert.equal(fingerprint([], []), 't12i000000_000000000000_000000000000');
});

test('the first protocol name is marked by its ends, and by hexadecimal ends where they are not alphanumeric', () => {
  assert.equal(withAlpn(0x68, 0x32), 'h2');
  assert.equal(withAlpn(0x61), 'aa');
  assert.equal(withAlpn(0xab), 'ab');
  assert.equal(withAlpn(0xab, 0xcd), 'ad');
  assert.equal(withAlpn(0x30, 0xab), '3b');
  assert.equal(withAlpn(0x30, 0x31, 0xab, 0xcd), '3d');
  assert.equal(withAlpn(0x30, 0xab, 0xcd, 0x31), '01');
});

test('counts end at 99', () => {
  const ciphers = Array.from({ length: 120 }, (_, index) => 0x4000 + index);
  const extensions = ciphers.map(type => extension(type, Buffer.alloc(0)));
  assert.equal(fingerprint(extensions, ciphers).slice(4, 8), '9999');
});
