import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from 'cbor2';
import fc from 'fast-check';
import { decodeGuestFrame } from './channel.ts';
import { ChannelError, FRAME_MAX_BYTES, FrameSplitter } from './channel-frames.ts';
import { encodeHostFrame, type Provision } from './channel-host.ts';
import { uuidToBytes } from './ids.ts';

const ID = '0190a2b4-0000-7000-8000-00000000000a';
const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
const map = (fields: Record<string, unknown>) => new Map(Object.entries(fields));
const event = (fields: Record<string, unknown>) => encode([7, 'event', map({ id: uuidToBytes(ID), us: 5, ...fields })]);
const framed = (cbor: Uint8Array) => {
  const frame = Buffer.alloc(4 + cbor.length, cbor);
  frame.writeUInt32BE(cbor.length);
  frame.set(cbor, 4);
  return frame;
};

/** One valid body per message type, as a guest writes it. */
const BODIES: Record<string, Record<string, unknown>> = {
  hello: { version: 1, image: '0.1.0' },
  ready: {
    boot: uuidToBytes(ID),
    authority: 'born',
    ca: filled(400, 1),
    server: filled(400, 2),
    client: filled(400, 3),
    us: 30_000,
  },
  proof: { root: filled(32, 1), message: filled(32, 2), signature: filled(64, 3), key: filled(32, 4) },
  lost: { count: 3 },
  fault: { reason: 'page fault', location: 'rip=0x100000' },
  event: { us: 1, kind: 'alert_sent', code: 116 },
};

test('every message type of the schema is read', () => {
  for (const [type, body] of Object.entries(BODIES)) {
    const { seq, message } = decodeGuestFrame(encode([2, type, map(body)]));
    assert.equal(seq, 2);
    assert.equal(message.type, type);
  }
});

test('every kind of event is read with its own detail', () => {
  const cases: [Record<string, unknown>, object][] = [
    [{ kind: 'accepted', port: 10000 }, { port: 10000 }],
    [
      { kind: 'preface_bad', port: 10002, reason: 'mac' },
      { port: 10002, reason: 'mac' },
    ],
    [{ kind: 'client_hello' }, {}],
    [{ kind: 'hello_retry' }, {}],
    [{ kind: 'server_flight' }, {}],
    [
      { kind: 'certificate', chain: [filled(3, 1)], sha256: filled(32, 2), count: 1 },
      { chain: ['AQEB'], sha256: '02'.repeat(32), count: 1 },
    ],
    [{ kind: 'chain_ok' }, {}],
    [{ kind: 'chain_rejected', reason: 'UnknownIssuer' }, { reason: 'UnknownIssuer' }],
    [{ kind: 'possession_ok', scheme: 0x403 }, { scheme: 0x403 }],
    [
      { kind: 'possession_rejected', scheme: 0x403, reason: 'bad' },
      { scheme: 0x403, reason: 'bad' },
    ],
    [
      { kind: 'finished', suite: 0x1301, group: 29 },
      { suite: 0x1301, group: 29 },
    ],
    [
      { kind: 'released', bytes: 900, self: true },
      { bytes: 900, peerIsSelf: true },
    ],
    [{ kind: 'alert_sent', code: 48 }, { code: 48 }],
    [{ kind: 'alert_received', code: 0 }, { code: 0 }],
    [{ kind: 'limit', which: 'chain' }, { which: 'chain' }],
    [{ kind: 'limit', which: 'lifetime' }, { which: 'lifetime' }],
    [{ kind: 'tls_error', what: 'a\u001b[2Jb' }, { what: 'a\ufffd[2Jb' }],
    [{ kind: 'closed', by: 'reset' }, { by: 'reset' }],
    [
      { kind: 'handshake_secrets', client_random: filled(32, 1), client: filled(32, 2), server: filled(32, 3) },
      { clientRandom: '01'.repeat(32), client: '02'.repeat(32), server: '03'.repeat(32) },
    ],
    [{ kind: 'session_tag', tag: filled(32, 9) }, { tag: '09'.repeat(32) }],
  ];
  for (const [body, detail] of cases) {
    const { message } = decodeGuestFrame(event(body));
    assert.deepEqual(message, { type: 'event', id: ID, event: { us: 5, kind: body.kind, ...detail } });
  }
});

test('a message with a field missing, added or of another type is refused', () => {
  for (const [type, body] of Object.entries(BODIES)) {
    const bodies: Record<string, unknown>[] = [{ ...body, extra: 1 }];
    for (const name of Object.keys(body)) {
      const { [name]: _, ...without } = body;
      bodies.push(without, { ...body, [name]: null }, { ...body, [name]: -1 }, { ...body, [name]: [new Map()] });
    }
    for (const wrong of bodies) {
      assert.throws(() => decodeGuestFrame(encode([0, type, map(wrong)])), ChannelError, JSON.stringify(wrong));
    }
  }
});

test('a guest cannot say what only the host may, nor anything unknown', () => {
  for (const type of ['provision', 'prove', 'stop', '__proto__', 'constructor', 5, null]) {
    assert.throws(() => decodeGuestFrame(encode([0, type, new Map()])), ChannelError);
  }
  for (const kind of ['toString', '__proto__', 'secret'])
    assert.throws(() => decodeGuestFrame(event({ kind })), ChannelError);
});

test('what is over-long is refused', () => {
  const many = Array.from({ length: 17 }, () => filled(1024, 1));
  assert.throws(() => decodeGuestFrame(event({ kind: 'tls_error', what: 'x'.repeat(1025) })), ChannelError);
  assert.throws(
    () => decodeGuestFrame(event({ kind: 'certificate', chain: many, sha256: filled(32, 1), count: 17 })),
    ChannelError,
  );
  assert.throws(() => decodeGuestFrame(event({ kind: 'alert_sent', code: 256 })), ChannelError);
  assert.throws(() => decodeGuestFrame(encode([0, 'lost', map({ count: 2n ** 60n })])), ChannelError);
});

test('CBOR outside the profile is refused', () => {
  const wrong = {
    'long integer': '83190001 646c6f7374 a1 65636f756e74 03',
    'indefinite array': '9f 00 646c6f7374 a1 65636f756e74 03 ff',
    'indefinite map': '83 00 646c6f7374 bf 65636f756e74 03 ff',
    'indefinite text': '83 00 7f 646c6f7374 ff a1 65636f756e74 03',
    'repeated key': '83 00 646c6f7374 a2 65636f756e74 03 65636f756e74 03',
    float: '83 00 646c6f7374 a1 65636f756e74 f94200',
    tag: '83 00 646c6f7374 a1 65636f756e74 c103',
    bignum: '83 00 646c6f7374 a1 65636f756e74 c24103',
    'trailing byte': '83 00 646c6f7374 a1 65636f756e74 03 00',
    truncated: '83 00 646c6f7374 a1 65636f756e74',
    'invalid UTF-8': '83 00 64ff6f7374 a1 65636f756e74 03',
    deep: '81'.repeat(2000),
  };
  const right = '83 00 646c6f7374 a1 65636f756e74 03';
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  assert.equal(decodeGuestFrame(bytes(right)).message.type, 'lost');
  for (const [name, hex] of Object.entries(wrong)) {
    assert.throws(() => decodeGuestFrame(bytes(hex)), ChannelError, name);
  }
});

test('arbitrary and damaged frames throw nothing but ChannelError', () => {
  const read = (bytes: Uint8Array) => {
    try {
      decodeGuestFrame(bytes);
    } catch (error) {
      assert.ok(error instanceof ChannelError);
    }
  };
  const valid = Object.entries(BODIES).map(([type, body]) => encode([2, type, map(body)]));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read), { numRuns: 500 });
  fc.assert(
    fc.property(fc.constantFrom(...valid), fc.nat(), fc.nat(255), (frame, at, value) => {
      read(frame.with(at % frame.length, value));
    }),
    { numRuns: 1000 },
  );
});

test('any split of the stream gives the same frames', () => {
  const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }), (bodies, sizes) => {
      const stream = Buffer.concat(bodies.map(framed));
      const splitter = new FrameSplitter();
      const seen: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        seen.push(...splitter.push(stream.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual(seen, bodies);
    }),
  );
});

test('a frame of the greatest length passes, a longer or an empty one is refused', () => {
  const body = filled(FRAME_MAX_BYTES, 1);
  assert.deepEqual([...new FrameSplitter().push(framed(body))], [body]);
  assert.throws(() => [...new FrameSplitter().push(Uint8Array.of(0, 1, 0, 1))], ChannelError);
  assert.throws(() => [...new FrameSplitter().push(Uint8Array.of(0, 0, 0, 0))], ChannelError);
});

const PROVISION: Provision = {
  target: 'prize',
  bootId: ID,
  image: filled(32, 1),
  wall: 1_795_000_000_000_000,
  tscKhz: 0,
  limits: {
    placesServer: 64,
    placesClient: 16,
    handshakeMs: 20_000,
    releaseMs: 10_000,
    bytesBeforeAuthentication: 98_304,
    chainMax: 8,
    signaturesMax: 1_000_000,
  },
  prefaceKey: filled(32, 2),
  document: new Uint8Array(Buffer.from('pinata release 1\n'.repeat(20))),
  keys: [
    { role: 'vault', key: filled(32, 3) },
    { role: 'heap', key: filled(32, 4) },
  ],
  authority: null,
};

test('a provision carries its secrets in the places that the schema gives them', () => {
  const frame = encodeHostFrame(0, { type: 'provision', provision: PROVISION });
  assert.equal(new DataView(frame.buffer).getUint32(0), frame.length - 4);
  const [seq, type, body] = decode<[number, string, Map<string, unknown>]>(frame.subarray(4), { preferMap: true });
  assert.deepEqual([seq, type], [0, 'provision']);
  assert.deepEqual(
    [...body.keys()],
    ['target', 'boot', 'image', 'wall', 'tsc_khz', 'limits', 'preface_key', 'document', 'keys', 'authority'],
  );
  assert.deepEqual(body.get('preface_key'), PROVISION.prefaceKey);
  assert.deepEqual(body.get('document'), PROVISION.document);
  assert.deepEqual(
    body.get('keys'),
    PROVISION.keys.map(({ role, key }) => map({ role, key })),
  );
  assert.equal(body.get('authority'), null);
});

test('prove and stop are as short as the schema allows', () => {
  assert.equal(
    Buffer.from(encodeHostFrame(1, { type: 'prove', root: filled(32, 0xaa) })).toString('hex'),
    `00000030830165${Buffer.from('prove').toString('hex')}a164${Buffer.from('root').toString('hex')}5820${'aa'.repeat(32)}`,
  );
  assert.equal(Buffer.from(encodeHostFrame(2, { type: 'stop' })).toString('hex'), '0000000883026473746f70a0');
});
