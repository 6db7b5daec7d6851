import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Direction, GuestRole } from '../wire/facts.ts';
import type { TlsObservation } from './observation.ts';
import { TlsObserver } from './observer.ts';
import { HELLO_RETRY_RANDOM } from './protocol.ts';
import {
  alert,
  CHANGE_CIPHER_SPEC,
  clientHello,
  extension,
  message,
  record,
  sealed,
  serverHello,
} from './testing/bytes.ts';

const HELLO = record(22, clientHello(), 0x0301);
const SERVER = record(22, serverHello());

test('before the first byte nothing is known', () => {
  const seen = observe([]);
  assert.equal(seen.looksLikeTls, null);
  assert.equal(seen.helloState, 'none');
  assert.equal(seen.history, '');
});

test('a complete hello is described, and named by its hash', () => {
  const seen = observe([['in', HELLO]]);
  assert.equal(seen.helloState, 'complete');
  assert.deepEqual(seen.clientHello?.ciphers, [0x1301, 0x1303]);
  assert.deepEqual(seen.clientHello?.keyShares, [29]);
  assert.equal(seen.hello?.bytes, HELLO.length - 5);
  assert.equal(seen.hello?.records, 1);
  assert.deepEqual(seen.records, [
    { dir: 'in', type: 22, version: 0x0301, length: HELLO.length - 5, offset: 0, t: 0, messages: [1] },
  ]);
});

test('a hello is partial up to its last byte', () => {
  for (let length = 1; length < HELLO.length; length++) {
    const seen = observe([['in', HELLO.subarray(0, length)]]);
    assert.equal(seen.helloState, 'partial', `${length} bytes`);
    assert.equal(seen.clientHello, null);
  }
});

test('a hello over several records is put together and said to be fragmented', () => {
  const whole = clientHello();
  const pieces = [whole.subarray(0, 3), whole.subarray(3, 60), whole.subarray(60)].map(piece => record(22, piece));
  const seen = observe([['in', Buffer.concat(pieces)]]);
  assert.equal(seen.helloState, 'complete');
  assert.equal(seen.hello?.records, 3);
  assert.deepEqual(kinds(seen), ['hello_fragmented']);
  assert.deepEqual(seen.hello?.sha256, observe([['in', HELLO]]).hello?.sha256);
});

test('a hello whose structure does not hold is malformed', () => {
  const broken = clientHello();
  broken.writeUInt16BE(0xffff, 4 + 2 + 32 + 33);
  const seen = observe([['in', record(22, broken)]]);
  assert.equal(seen.helloState, 'malformed');
  assert.equal(seen.clientHello, null);
  assert.ok(kinds(seen).includes('malformed_hello'));
});

test('a declared length beyond 65,535 makes the hello malformed at once', () => {
  const seen = observe([['in', record(22, Buffer.from([1, 0xff, 0xff, 0xff, 3, 3]))]]);
  assert.equal(seen.helloState, 'malformed');
  assert.deepEqual(kinds(seen), ['handshake_length_bomb']);
});

test('an extension that is wrong inside, or comes twice, is an anomaly and the hello still readable', () => {
  const extensions = [
    extension(10, Buffer.from([0, 3, 0, 29, 0])),
    extension(99, Buffer.alloc(0)),
    extension(99, Buffer.alloc(0)),
  ];
  const seen = observe([['in', record(22, clientHello({ extensions }))]]);
  assert.equal(seen.helloState, 'complete');
  assert.deepEqual(kinds(seen), ['malformed_extension', 'duplicate_extension']);
  assert.deepEqual(seen.clientHello?.extensions, [10, 99, 99]);
});

test('text, an old ssh client and zeros are not TLS, and nothing is counted', () => {
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n', '\0\0\0\0\0\0\0\0']) {
    const seen = observe([['in', Buffer.from(bytes)]]);
    assert.equal(seen.looksLikeTls, false);
    assert.equal(seen.helloState, 'none');
    assert.equal(seen.recordsIn, 0);
    assert.equal(seen.firstBytes, Buffer.from(bytes).subarray(0, 32).toString('hex'));
  }
});

test('a TLS hello under an unknown record version is TLS with an anomaly', () => {
  const seen = observe([['in', record(22, clientHello(), 0x0505)]]);
  assert.equal(seen.looksLikeTls, true);
  assert.deepEqual(kinds(seen), ['record_version']);
  assert.equal(observe([['in', record(22, Buffer.from('hello!'), 0x0505)]]).looksLikeTls, false);
});

test('behind a hello that only has the form of SSL 2.0 the records of TLS are read, however they come', () => {
  const hello = (...version: number[]) =>
    Buffer.from([0x80, 14, 1, ...version, 0, 3, 0, 0, 0, 2, 0, 0, 5, 1, 2, 3].slice(0, 16));
  const compatible = Buffer.concat([hello(3, 3), alert(2, 46)]);
  for (let at = 1; at < compatible.length; at++) {
    const seen = observe([
      ['in', compatible.subarray(0, at)],
      ['in', compatible.subarray(at)],
    ]);
    assert.deepEqual(
      seen.alerts.map(({ code, offset }) => [code, offset]),
      [[46, 16]],
      `cut at ${at}`,
    );
    assert.deepEqual(kinds(seen), ['sslv2_compatible_hello']);
  }
  assert.deepEqual(observe([['in', Buffer.concat([hello(0, 2), alert(2, 46)])]]).alerts, []);
});

test('an SSLv2 hello is recognised, and told from the compatible one', () => {
  const ssl2 = (version: number[]) => Buffer.from([0x80, 14, 1, ...version, 0, 3, 0, 0, 0, 2, 0, 0, 5, 1, 2, 3]);
  const old = observe([['in', ssl2([0, 2]).subarray(0, 16)]]);
  assert.equal(old.looksLikeTls, true);
  assert.equal(old.helloState, 'complete');
  assert.deepEqual(kinds(old), ['sslv2_hello']);
  assert.deepEqual(kinds(observe([['in', ssl2([3, 1])]])), ['sslv2_compatible_hello']);
  assert.equal(observe([['in', ssl2([0, 2]).subarray(0, 9)]]).helloState, 'partial');
  assert.equal(observe([['in', ssl2([9, 9])]]).looksLikeTls, false);
});

test('alerts before keys are read with sender, level and code', () => {
  const seen = observe([
    ['in', HELLO],
    ['out', alert(2, 40)],
    ['in', alert(1, 0)],
  ]);
  assert.deepEqual(seen.alerts, [
    { from: 'guest', level: 2, code: 40, offset: 0, t: 1 },
    { from: 'attacker', level: 1, code: 0, offset: HELLO.length, t: 2 },
  ]);
  assert.equal(seen.history, 'ClL');
});

test('an alert of a wrong length is malformed', () => {
  const seen = observe([['in', record(21, Buffer.from([2, 40, 0]))]]);
  assert.deepEqual(seen.alerts, []);
  assert.deepEqual(kinds(seen), ['malformed_alert']);
});

test('ChangeCipherSpec before the hello, and a malformed one, are anomalies', () => {
  const seen = observe([['in', Buffer.concat([record(20, Buffer.from([2])), HELLO, CHANGE_CIPHER_SPEC])]]);
  assert.deepEqual(kinds(seen), ['ccs_malformed', 'ccs_before_hello']);
  assert.equal(seen.history, 'ICI');
});

test('oversize, empty, unknown and heartbeat records are anomalies', () => {
  const records = [
    record(21, Buffer.alloc(2 ** 14 + 1)),
    record(22, Buffer.alloc(0)),
    record(99, Buffer.alloc(1)),
    record(24, Buffer.alloc(3)),
  ];
  const seen = observe([['in', Buffer.concat(records)]]);
  const found = ['record_oversize', 'malformed_alert', 'empty_record', 'record_type', 'heartbeat'];
  assert.deepEqual(kinds(seen), found);
  assert.equal(seen.anomalies[0]?.offset, 0);
});

test('data before keys is early, unless early data was offered', () => {
  assert.ok(kinds(observe([['in', Buffer.concat([HELLO, sealed(40)])]])).includes('early_application_data'));
  const offer = record(22, clientHello({ extensions: [extension(42, Buffer.alloc(0))] }));
  assert.deepEqual(kinds(observe([['in', Buffer.concat([offer, sealed(40)])]])), []);
});

test('a ServerHello from the client is a confusion of roles', () => {
  const seen = observe([['in', SERVER]]);
  assert.deepEqual(kinds(seen), ['role_confusion']);
  assert.equal(seen.helloState, 'none');
  assert.equal(seen.serverHello, null);
});

test('after both hellos protected records are counted in each direction', () => {
  const seen = observe([
    ['in', HELLO],
    ['out', Buffer.concat([SERVER, CHANGE_CIPHER_SPEC, sealed(600)])],
    ['in', Buffer.concat([CHANGE_CIPHER_SPEC, sealed(25), sealed(53)])],
    ['out', sealed(19)],
  ]);
  assert.equal(seen.encryptedIn, 2);
  assert.equal(seen.encryptedOut, 2);
  assert.equal(seen.history, 'CsiI');
  assert.deepEqual([seen.recordsIn, seen.recordsOut], [4, 4]);
});

test('in the client role the attacker owes the ServerHello', () => {
  const begun: [Direction, Buffer][] = [['out', HELLO]];
  assert.equal(observe(begun, 'client').helloState, 'none');
  assert.equal(observe([...begun, ['in', SERVER.subarray(0, 20)]], 'client').helloState, 'partial');
  const seen = observe([...begun, ['in', SERVER]], 'client');
  assert.equal(seen.helloState, 'complete');
  assert.equal(seen.hello?.bytes, SERVER.length - 5);
  assert.equal(seen.serverHello?.selectedVersion, 0x0304);
  assert.equal(seen.history, 'Cs');
  assert.ok(seen.ja3s);
});

test('a HelloRetryRequest is known by its random', () => {
  const retry = record(22, serverHello({ random: Buffer.from(HELLO_RETRY_RANDOM, 'hex') }));
  const seen = observe([
    ['in', HELLO],
    ['out', retry],
    ['in', HELLO],
  ]);
  assert.equal(seen.helloRetryRequest, true);
  assert.equal(seen.serverHello, null);
  assert.equal(seen.history, 'CjC');
  assert.deepEqual(seen.anomalies, []);
  assert.deepEqual(kinds(observe([['in', Buffer.concat([HELLO, HELLO])]])), ['duplicate_hello']);
});

test('a message after the hello in its record, a record inside a message and plaintext after keys are anomalies', () => {
  const trailing = record(22, Buffer.concat([clientHello(), message(77, Buffer.alloc(2))]));
  assert.deepEqual(kinds(observe([['in', trailing]])), ['trailing_after_hello']);
  const halves = [record(22, clientHello().subarray(0, 50)), alert(1, 0), record(22, clientHello().subarray(50))];
  assert.deepEqual(kinds(observe([['in', Buffer.concat(halves)]])), ['interleaved_record', 'hello_fragmented']);
  const late = observe([
    ['in', HELLO],
    ['out', SERVER],
    ['in', record(22, message(20, Buffer.alloc(32)))],
  ]);
  assert.deepEqual(kinds(late), ['plaintext_after_keys']);
});

test('ChangeCipherSpec seals a direction in older versions only', () => {
  const older = record(22, serverHello({ extensions: null }));
  const finished = record(22, Buffer.alloc(40, 3));
  const begin: [Direction, Buffer][] = [
    ['in', HELLO],
    ['out', older],
  ];
  const seen = observe([...begin, ['in', Buffer.concat([CHANGE_CIPHER_SPEC, finished])]]);
  assert.equal(seen.encryptedIn, 1);
  assert.equal(seen.history, 'CsI');
  assert.equal(observe([...begin, ['in', finished]]).encryptedIn, 0);
});

test('a record has the time of its first byte', () => {
  const seen = observe([
    ['in', HELLO.subarray(0, 2)],
    ['in', HELLO.subarray(2, 9)],
    ['in', HELLO.subarray(9)],
  ]);
  assert.deepEqual(
    seen.records.map(({ t }) => t),
    [0],
  );
});

test('a hello that follows another message counts its own records only', () => {
  const seen = observe([['in', record(22, Buffer.concat([message(77, Buffer.alloc(3)), clientHello()]))]]);
  assert.equal(seen.hello?.records, 1);
  const apart = [record(22, message(77, Buffer.alloc(3))), record(22, clientHello())];
  assert.equal(observe([['in', Buffer.concat(apart)]]).hello?.records, 1);
});

test('an alert that was withheld is not read', () => {
  const observer = new TlsObserver('server');
  observer.push('in', Buffer.concat([HELLO, alert(2, 40).subarray(0, 6)]), 0);
  observer.skip('in', 1, 0);
  assert.deepEqual(observer.result().alerts, []);
  assert.equal(observer.result().history, 'C');
});

test('withheld bytes inside a record keep the framing', () => {
  const observer = agreed();
  const body = sealed(100);
  observer.push('out', body.subarray(0, 30), 0);
  observer.skip('out', 75, 0);
  observer.push('out', sealed(19), 0);
  assert.deepEqual(lengthsOut(observer), [SERVER.length - 5, 100, 19]);
});

test('withheld whole records keep the framing, and half a record loses it', () => {
  const whole = agreed();
  whole.skip('out', 300, 0);
  whole.push('out', sealed(19), 0);
  assert.deepEqual(lengthsOut(whole), [SERVER.length - 5, 19]);
  const half = agreed();
  half.skip('out', 300, 0);
  half.push('out', Buffer.from('no record begins here'), 0);
  half.push('out', sealed(19), 0);
  assert.deepEqual(lengthsOut(half), [SERVER.length - 5]);
});

test('withheld handshake bytes leave the hello partial', () => {
  const observer = new TlsObserver('server');
  observer.push('in', HELLO.subarray(0, 20), 0);
  observer.skip('in', HELLO.length - 20, 0);
  observer.push('in', HELLO, 0);
  assert.equal(observer.result().helloState, 'partial');
});

test('descriptions are bounded: 256 records, 100 letters, 64 anomalies, 16 messages in a record', () => {
  const many = Buffer.concat(Array.from({ length: 400 }, () => record(22, message(77, Buffer.alloc(0)))));
  const seen = observe([['in', Buffer.concat([many, many])]]);
  assert.equal(seen.recordsIn, 800);
  assert.equal(seen.records.length, 256);
  assert.equal(seen.history.length, 100);
  const crowded = observe([['in', record(22, Buffer.alloc(4000))]]);
  assert.equal(crowded.records[0]?.messages.length, 16);
  assert.equal(
    observe([['in', Buffer.concat(Array.from({ length: 100 }, () => record(24, Buffer.alloc(1))))]]).anomalies.length,
    64,
  );
});

function agreed(): TlsObserver {
  const observer = new TlsObserver('server');
  observer.push('in', HELLO, 0);
  observer.push('out', SERVER, 0);
  return observer;
}

function lengthsOut(observer: TlsObserver): number[] {
  return observer
    .result()
    .records.filter(({ dir }) => dir === 'out')
    .map(({ length }) => length);
}

/** Each piece is seen one microsecond after the one before. */
function observe(pieces: [Direction, Uint8Array][], role: GuestRole = 'server'): TlsObservation {
  const observer = new TlsObserver(role);
  pieces.forEach(([dir, bytes], t) => {
    observer.push(dir, bytes, t);
  });
  return observer.result();
}

function kinds(seen: TlsObservation): string[] {
  return seen.anomalies.map(({ kind }) => kind);
}
