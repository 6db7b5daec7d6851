import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientHello } from './client-hello.ts';
import { clientHello, extension, TLS13_EXTENSIONS, u8, u16, vector8, vector16 } from './testing/bytes.ts';

test('lists keep the order of the wire and their GREASE', () => {
  const found = parsed(clientHello({ ciphers: [0x5a5a, 0x1303, 0x1301] }));
  assert.deepEqual(found.hello.ciphers, [0x5a5a, 0x1303, 0x1301]);
  assert.equal(found.hello.grease, true);
  assert.equal(parsed(clientHello()).hello.grease, false);
});

test('a hello without an extensions field is that of an old client', () => {
  assert.deepEqual(parsed(clientHello({ extensions: null })).hello.extensions, []);
});

test('no prefix of a hello is a hello, and no hello with a byte more is one', () => {
  const whole = clientHello();
  const bare = whole.length - 2 - Buffer.concat([...TLS13_EXTENSIONS]).length;
  for (let length = 0; length < whole.length; length++) {
    // Cut exactly before its extensions, it is a complete hello of an old client.
    assert.equal(parseClientHello(whole.subarray(0, length), 0) === null, length !== bare, `${length} bytes`);
  }
  assert.equal(parseClientHello(Buffer.concat([whole, u8(0)]), 0), null);
});

test('a server name is a host, an address, empty or invalid, and printable in any case', () => {
  const name = (text: string) => sni(vector16(Buffer.concat([u8(0), vector16(Buffer.from(text, 'latin1'))])));
  assert.deepEqual(name('a.example'), { kind: 'host', name: 'a.example' });
  assert.deepEqual(name('192.0.2.1'), { kind: 'ip', name: '192.0.2.1' });
  assert.deepEqual(name('::1'), { kind: 'ip', name: '::1' });
  assert.deepEqual(name(''), { kind: 'empty', name: '' });
  assert.deepEqual(name("a' OR 1"), { kind: 'invalid', name: "a' OR 1" });
  assert.deepEqual(name('a\0\n\\\xff'), { kind: 'invalid', name: 'a\\x00\\x0a\\\\\\xff' });
  assert.equal(name('\0'.repeat(1000))?.name.length, 252);
  assert.deepEqual(sni(Buffer.alloc(0)), { kind: 'empty', name: '' });
  assert.deepEqual(sni(Buffer.from([9])), { kind: 'invalid', name: '' });
  assert.equal(parsed(clientHello()).hello.sni, null);
});

test('protocol names are printable, and the first one is kept as it is', () => {
  const list = Buffer.concat([vector8(Buffer.from([0xab, 0])), vector8(Buffer.from('h2'))]);
  const found = parsed(clientHello({ extensions: [extension(16, vector16(list))] }));
  assert.deepEqual(found.hello.alpn, ['\\xab\\x00', 'h2']);
  assert.deepEqual(found.firstAlpn, Buffer.from([0xab, 0]));
});

test('post-quantum shares, early data, resumption and encrypted hellos are flagged', () => {
  const share = vector16(Buffer.concat([u16(0x11ec), vector16(Buffer.alloc(4))]));
  const extensions = [51, 42, 41, 0xfe0d].map(type => extension(type, type === 51 ? share : Buffer.alloc(0)));
  const { hello } = parsed(clientHello({ extensions }));
  assert.deepEqual([hello.pqShare, hello.earlyData, hello.psk, hello.ech], [true, true, true, true]);
  const plain = parsed(clientHello()).hello;
  assert.deepEqual([plain.pqShare, plain.earlyData, plain.psk, plain.ech], [false, false, false, false]);
});

function sni(body: Uint8Array) {
  return parsed(clientHello({ extensions: [extension(0, body)] })).hello.sni;
}

function parsed(message: Uint8Array) {
  const found = parseClientHello(message, 0x0301);
  assert.ok(found);
  return found;
}
