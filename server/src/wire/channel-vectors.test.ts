import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { HOME } from '../config.ts';
import { decodeGuestFrame, type GuestMessage } from './channel.ts';
import { FrameSplitter } from './channel-frames.ts';
import { encodeHostFrame } from './channel-host.ts';

// Made by a codec of neither side: see make-channel.py beside the file. The guest's tests read the same one.
const FILE = join(HOME, 'pinata-image/vectors/channel.json');

const Vector = Type.Object({
  name: Type.String(),
  direction: Type.Union([Type.Literal('to-guest'), Type.Literal('to-host')]),
  frame: Type.String(),
  sequence: Type.Integer(),
  type: Type.String(),
  body: Type.Record(Type.String(), Type.Unknown()),
});
const Bytes = Type.Object({ hex: Type.String() });
const ProvisionBody = Type.Object({
  target: Type.String(),
  boot: Bytes,
  image: Bytes,
  wall: Type.Integer(),
  tsc_khz: Type.Integer(),
  limits: Type.Object({
    places_server: Type.Integer(),
    places_client: Type.Integer(),
    handshake_ms: Type.Integer(),
    release_ms: Type.Integer(),
    bytes_before_auth: Type.Integer(),
    chain_max: Type.Integer(),
    signatures_max: Type.Integer(),
  }),
  preface_key: Bytes,
  document: Bytes,
  keys: Type.Array(Type.Object({ role: Type.Union([Type.Literal('vault'), Type.Literal('heap')]), key: Bytes })),
  authority: Type.Union([
    Type.Null(),
    Type.Object({ ca: Bytes, server: Bytes, client: Bytes, server_key: Bytes, client_key: Bytes }),
  ]),
});

const file = Value.Parse(Type.Object({ vectors: Type.Array(Vector) }), JSON.parse(readFileSync(FILE, 'utf8')));
const bytes = ({ hex }: Static<typeof Bytes>) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** What the host says, in our types. */
function encoded({ sequence, type, body }: Static<typeof Vector>): Uint8Array {
  if (type === 'stop') return encodeHostFrame(sequence, { type });
  if (type === 'prove') return encodeHostFrame(sequence, { type, root: bytes(Value.Parse(Bytes, body.root)) });
  const { limits, authority, ...rest } = Value.Parse(ProvisionBody, body);
  return encodeHostFrame(sequence, {
    type: 'provision',
    provision: {
      target: rest.target,
      bootId: BOOT,
      image: bytes(rest.image),
      wall: rest.wall,
      tscKhz: rest.tsc_khz,
      limits: {
        placesServer: limits.places_server,
        placesClient: limits.places_client,
        handshakeMs: limits.handshake_ms,
        releaseMs: limits.release_ms,
        bytesBeforeAuthentication: limits.bytes_before_auth,
        chainMax: limits.chain_max,
        signaturesMax: limits.signatures_max,
      },
      prefaceKey: bytes(rest.preface_key),
      document: bytes(rest.document),
      keys: rest.keys.map(({ role, key }) => ({ role, key: bytes(key) })),
      authority: authority && {
        ca: bytes(authority.ca),
        server: bytes(authority.server),
        client: bytes(authority.client),
        serverKey: bytes(authority.server_key),
        clientKey: bytes(authority.client_key),
      },
    },
  });
}

/** The vectors' boot is any 16 bytes; what is sent in its place is always a UUIDv7, and is exchanged before comparing. */
const BOOT = '0190a2b4-0000-7000-8000-000000000000';

/** A message as the vectors write it: byte strings as hex, the schema's own key names. */
function asVector(message: GuestMessage): Record<string, unknown> {
  const hex = (text: string) => ({ hex: text });
  const der = (base64: string) => ({ hex: Buffer.from(base64, 'base64').toString('hex') });
  const id = (uuid: string) => ({ hex: uuid.replaceAll('-', '') });
  switch (message.type) {
    case 'hello':
      return { version: 1, image: message.image };
    case 'ready': {
      const { bootId, ca, server, client, ...rest } = message.ready;
      const certificates = { ca: der(ca), server: der(server), client: der(client) };
      return { boot: id(bootId), ...certificates, ...rest };
    }
    case 'event': {
      const owner = message.id === null ? {} : { id: id(message.id) };
      const { event } = message;
      switch (event.kind) {
        case 'certificate':
          return { ...owner, ...event, chain: event.chain.map(der), sha256: hex(event.sha256) };
        case 'released': {
          const { peerIsSelf, ...rest } = event;
          return { ...owner, ...rest, self: peerIsSelf };
        }
        case 'handshake_secrets': {
          const { clientRandom, client, server, ...rest } = event;
          return {
            ...owner,
            ...rest,
            client_random: hex(clientRandom),
            client: hex(client ?? ''),
            server: hex(server ?? ''),
          };
        }
        case 'session_tag':
          return { ...owner, ...event, tag: hex(event.tag) };
        default:
          return { ...owner, ...event };
      }
    }
    case 'proof': {
      const { root, message: signed, signature, key } = message;
      return { root: hex(root), message: hex(signed), signature: hex(signature), key: hex(key) };
    }
    case 'lost':
      return { count: message.count };
    case 'fault':
      return { reason: message.reason, location: message.location };
  }
}

test('the file holds both directions', () => {
  const of = (direction: string) => file.vectors.filter(vector => vector.direction === direction).length;
  assert.ok(of('to-guest') >= 4 && of('to-host') >= 20);
});

for (const vector of file.vectors) {
  const frame = bytes({ hex: vector.frame });
  if (vector.direction === 'to-host') {
    test(`${vector.name} is read as the vector says`, () => {
      const [cbor] = [...new FrameSplitter().push(frame)];
      const { seq, message } = decodeGuestFrame(cbor ?? new Uint8Array());
      assert.deepEqual([seq, message.type, asVector(message)], [vector.sequence, vector.type, vector.body]);
    });
  } else {
    test(`${vector.name} is written as the vector says`, () => {
      const boot = bytes({ hex: BOOT.replaceAll('-', '') });
      const expected = Buffer.from(frame);
      if (vector.type === 'provision')
        expected.set(boot, expected.indexOf(bytes(Value.Parse(Bytes, vector.body.boot))));
      assert.deepEqual(Buffer.from(encoded(vector)), expected);
    });
  }
}
