import { randomBytes } from 'node:crypto';
import { throwAt } from '../peers/attacks.ts';
import type { Line } from '../peers/line.ts';
import { ContentType, clientHello, HandshakeType, handshake, record } from '../peers/messages.ts';
import type { Credentials } from '../peers/script.ts';
import { ScriptedClient } from '../peers/scripted-client.ts';
import { type Case, leave, spoilt } from './case.ts';

const X448 = 0x001e;
const TLS12 = 0x0303;
const SIXTEEN_MIB = 0xffffff;
const CHAIN_TOO_LONG = 11;
/** Two bytes less than an X25519 share has (RFC 8446 §4.2.8.2). */
const SHORT_SHARE = Buffer.alloc(30, 9);
const ALERT_UNKNOWN_CA = Buffer.of(2, 48);

const hello = (...given: Parameters<typeof clientHello>) => record(ContentType.handshake, clientHello(...given));

/** What a client can bring about. */
export const GUEST_AS_SERVER: readonly Case[] = [
  {
    title: 'a client that only connects',
    expected: { outcome: 'connect_only', depth: 0, close: 'peer fin' },
    attack: async open => leave(await open()),
  },
  {
    title: 'a client that speaks HTTP',
    expected: { outcome: 'not_tls', depth: 1, alert: 50, close: 'guest fin' },
    attack: async open => throwAt(await open(), Buffer.from('GET / HTTP/1.1\r\nHost: pinata\r\n\r\n')),
  },
  {
    title: 'a client that leaves within its hello',
    expected: { outcome: 'hello_incomplete', depth: 1, close: 'peer fin' },
    attack: async open => leave(await open(), hello(randomBytes(32), randomBytes(32)).subarray(0, 60)),
  },
  {
    title: 'a client whose hello is garbage',
    expected: { outcome: 'hello_malformed', depth: 1, alert: 50, close: 'guest fin' },
    attack: async open =>
      throwAt(
        await open(),
        record(ContentType.handshake, handshake(HandshakeType.clientHello, Buffer.alloc(60, 0xff))),
      ),
  },
  {
    title: 'a client of TLS 1.2',
    expected: { outcome: 'version_refused', depth: 2, alert: 70, close: 'guest fin', says: 'Tls12NotOffered' },
    attack: async open => throwAt(await open(), hello(randomBytes(32), randomBytes(32), { version: TLS12 })),
  },
  {
    title: 'a client that has no group in common',
    expected: { outcome: 'parameters_refused', depth: 2, alert: 40, close: 'guest fin', says: 'NoKxGroupsInCommon' },
    attack: async open => throwAt(await open(), hello(randomBytes(32), randomBytes(56), { group: X448 })),
  },
  {
    title: 'a client whose key share is too short',
    expected: { outcome: 'hello_refused', depth: 2, alert: 47, close: 'guest fin', says: 'InvalidKeyShare' },
    attack: async open => throwAt(await open(), hello(randomBytes(32), SHORT_SHARE)),
  },
  {
    title: 'a client without a certificate',
    expected: { outcome: 'certificate_missing', depth: 3, alert: 116, close: 'guest fin' },
    attack: async (open, { client }) => answer(await open(), { chain: [], key: client.key }),
  },
  {
    title: 'a client whose certificate is no DER',
    expected: { outcome: 'certificate_malformed', depth: 4, alert: 42, close: 'guest fin', says: 'BadEncoding' },
    attack: async (open, { client }) => answer(await open(), { chain: [Buffer.alloc(300, 0x30)], key: client.key }),
  },
  {
    title: 'a client of a foreign authority',
    expected: { outcome: 'certificate_untrusted', depth: 4, alert: 48, close: 'guest fin', says: 'UnknownIssuer' },
    attack: async (open, { strangeClient }) => answer(await open(), strangeClient),
  },
  {
    title: 'a client with a server’s certificate',
    expected: { outcome: 'certificate_unsuitable', depth: 4, alert: 43, close: 'guest fin' },
    attack: async (open, { server }) => answer(await open(), server),
  },
  {
    title: 'a client with a good certificate and another key',
    expected: { outcome: 'possession_failed', depth: 5, alert: 51, close: 'guest fin' },
    attack: async (open, { client, strangeClient }) =>
      answer(await open(), { chain: client.chain, key: strangeClient.key }),
  },
  {
    title: 'a client whose Finished does not match',
    expected: { outcome: 'finished_failed', depth: 6, alert: 51, close: 'guest fin' },
    attack: async (open, { client }) => {
      const peer = await negotiated(await open());
      const [certificate, verify, finished] = peer.flight(client);
      return throwAt(peer.line, peer.sealed(Buffer.concat([certificate, verify, spoilt(finished)])));
    },
  },
  {
    title: 'a client that skips its Certificate',
    expected: { outcome: 'protocol_violation', depth: 3, alert: 10, close: 'guest fin' },
    attack: async (open, { client }) => {
      const peer = await negotiated(await open());
      const [, verify] = peer.flight(client);
      return throwAt(peer.line, peer.sealed(verify));
    },
  },
  {
    title: 'a client that leaves after our flight',
    expected: { outcome: 'abandoned', depth: 3, close: 'peer fin' },
    attack: async open => leave((await negotiated(await open())).line),
  },
  {
    title: 'a client that does not trust us',
    expected: { outcome: 'refused_by_peer', depth: 3, close: 'guest fin' },
    attack: async open => {
      const peer = await negotiated(await open());
      return throwAt(peer.line, peer.sealedAs(ContentType.alert, ALERT_UNKNOWN_CA));
    },
  },
  {
    title: 'a client with a chain that is too long',
    expected: { outcome: 'guest_limit', depth: 4, alert: 46, close: 'guest fin', says: 'limit chain' },
    attack: async (open, { client }) => {
      const [leaf = Buffer.alloc(0)] = client.chain;
      return answer(await open(), { chain: Array.from({ length: CHAIN_TOO_LONG }, () => leaf), key: client.key });
    },
  },
  {
    title: 'a client whose Certificate declares 16 MiB',
    expected: { outcome: 'guest_silent_close', depth: 3, close: 'guest fin', says: 'HandshakePayloadTooLarge' },
    attack: async open => {
      const peer = await negotiated(await open());
      const begun = handshake(HandshakeType.certificate, Buffer.alloc(100), SIXTEEN_MIB);
      return throwAt(peer.line, peer.sealed(begun));
    },
  },
  {
    title: 'a client that wins',
    expected: { outcome: 'released_practice', depth: 8, alert: 0, close: 'guest fin' },
    attack: async (open, { client }) => answer(await open(), client),
  },
];

async function negotiated(line: Line): Promise<ScriptedClient> {
  const peer = ScriptedClient.over(line);
  await peer.negotiate();
  return peer;
}

async function answer(line: Line, who: Credentials): Promise<Line> {
  const peer = await negotiated(line);
  return throwAt(line, peer.sealed(Buffer.concat(peer.flight(who))));
}
