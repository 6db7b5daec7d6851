import { throwAt } from '../peers/attacks.ts';
import type { Line } from '../peers/line.ts';
import { ContentType, HandshakeType, handshake, record } from '../peers/messages.ts';
import type { Credentials } from '../peers/script.ts';
import { ScriptedServer } from '../peers/scripted-server.ts';
import { type Case, leave, spoilt } from './case.ts';

const TLS12 = 0x0303;
/** TLS_AES_128_CCM_8_SHA256, which the guest does not offer. */
const AES_128_CCM_8 = 0x1305;
const X448 = 0x001e;
const SIXTEEN_MIB = 0xffffff;
const CHAIN_TOO_LONG = 11;
const ALERT_HANDSHAKE_FAILURE = Buffer.of(2, 40);

/** What a server can bring about, whether it was connected to or called back. */
export const GUEST_AS_CLIENT: readonly Case[] = [
  {
    title: 'a server that says nothing and goes',
    expected: { outcome: 'connect_only', depth: 0, close: 'peer fin' },
    attack: async open => leave(await open()),
  },
  {
    title: 'a server that speaks SSH',
    expected: { outcome: 'not_tls', depth: 1, alert: 50, close: 'guest fin' },
    attack: async open => throwAt(await open(), Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')),
  },
  {
    title: 'a server that leaves within its hello',
    expected: { outcome: 'hello_incomplete', depth: 1, close: 'peer fin' },
    attack: async open => {
      const peer = ScriptedServer.over(await open());
      return leave(peer.line, (await peer.greet()).subarray(0, 60));
    },
  },
  {
    title: 'a server whose hello is garbage',
    expected: { outcome: 'hello_malformed', depth: 1, alert: 50, close: 'guest fin' },
    attack: async open =>
      throwAt(
        await open(),
        record(ContentType.handshake, handshake(HandshakeType.serverHello, Buffer.alloc(60, 0xff))),
      ),
  },
  {
    title: 'a server that selects TLS 1.2',
    expected: { outcome: 'version_refused', depth: 2, alert: 70, close: 'guest fin' },
    attack: async open => greeted(await open(), { version: TLS12 }),
  },
  {
    title: 'a server that selects a suite which we do not have',
    expected: { outcome: 'parameters_refused', depth: 2, alert: 40, close: 'guest fin' },
    attack: async open => greeted(await open(), { cipher: AES_128_CCM_8 }),
  },
  {
    title: 'a server that answers with a share of another group',
    expected: { outcome: 'hello_refused', depth: 2, alert: 47, close: 'guest fin', says: 'WrongGroupForKeyShare' },
    attack: async open => greeted(await open(), { group: X448 }),
  },
  {
    title: 'a server without a certificate',
    expected: { outcome: 'certificate_missing', depth: 3, close: 'guest fin', says: 'NoCertificatesPresented' },
    attack: async (open, { server }) => answer(await open(), { chain: [], key: server.key }),
  },
  {
    title: 'a server whose certificate is no DER',
    expected: { outcome: 'certificate_malformed', depth: 4, alert: 42, close: 'guest fin', says: 'BadEncoding' },
    attack: async (open, { server }) => answer(await open(), { chain: [Buffer.alloc(300, 0x30)], key: server.key }),
  },
  {
    title: 'a server of a foreign authority',
    expected: { outcome: 'certificate_untrusted', depth: 4, alert: 48, close: 'guest fin', says: 'UnknownIssuer' },
    attack: async (open, { strangeServer }) => answer(await open(), strangeServer),
  },
  {
    title: 'a server with a client’s certificate',
    expected: { outcome: 'certificate_unsuitable', depth: 4, alert: 43, close: 'guest fin' },
    attack: async (open, { client }) => answer(await open(), client),
  },
  {
    title: 'a server with a good certificate and another key',
    expected: { outcome: 'possession_failed', depth: 5, alert: 51, close: 'guest fin' },
    attack: async (open, { server, strangeServer }) =>
      answer(await open(), { chain: server.chain, key: strangeServer.key }),
  },
  {
    title: 'a server whose Finished does not match',
    expected: { outcome: 'finished_failed', depth: 6, alert: 51, close: 'guest fin' },
    attack: async (open, { server }) => {
      const peer = ScriptedServer.over(await open());
      const hello = await peer.greet();
      const preamble = peer.preamble();
      const [certificate, verify, finished] = peer.flight(server);
      const flight = Buffer.concat([preamble, certificate, verify, spoilt(finished)]);
      return throwAt(peer.line, hello, peer.sealed(flight));
    },
  },
  {
    title: 'a server that skips EncryptedExtensions',
    expected: { outcome: 'protocol_violation', depth: 3, alert: 10, close: 'guest fin' },
    attack: async (open, { server }) => {
      const peer = ScriptedServer.over(await open());
      return throwAt(peer.line, await peer.greet(), peer.sealed(Buffer.concat(peer.flight(server))));
    },
  },
  {
    title: 'a server that leaves after its hello',
    expected: { outcome: 'abandoned', depth: 3, close: 'peer fin' },
    attack: async open => {
      const peer = ScriptedServer.over(await open());
      return leave(peer.line, await peer.greet());
    },
  },
  {
    title: 'a server that does not want us',
    expected: { outcome: 'refused_by_peer', depth: 1, close: 'guest fin' },
    attack: async open => throwAt(await open(), record(ContentType.alert, ALERT_HANDSHAKE_FAILURE)),
  },
  {
    title: 'a server with a chain that is too long',
    expected: { outcome: 'guest_limit', depth: 4, alert: 46, close: 'guest fin', says: 'limit chain' },
    attack: async (open, { server }) => {
      const [leaf = Buffer.alloc(0)] = server.chain;
      return answer(await open(), { chain: Array.from({ length: CHAIN_TOO_LONG }, () => leaf), key: server.key });
    },
  },
  {
    title: 'a server whose Certificate declares 16 MiB',
    expected: { outcome: 'guest_silent_close', depth: 3, close: 'guest fin', says: 'HandshakePayloadTooLarge' },
    attack: async open => {
      const peer = ScriptedServer.over(await open());
      const hello = await peer.greet();
      const begun = handshake(HandshakeType.certificate, Buffer.alloc(100), SIXTEEN_MIB);
      return throwAt(peer.line, hello, peer.sealed(Buffer.concat([peer.preamble(), begun])));
    },
  },
  {
    title: 'a server that wins',
    expected: { outcome: 'released_practice', depth: 8, alert: 0, close: 'guest fin' },
    attack: async (open, { server }) => answer(await open(), server),
  },
];

async function greeted(line: Line, otherwise: Parameters<ScriptedServer['greet']>[0]): Promise<Line> {
  return throwAt(line, await ScriptedServer.over(line).greet(otherwise));
}

async function answer(line: Line, who: Credentials): Promise<Line> {
  const peer = ScriptedServer.over(line);
  const hello = await peer.greet();
  return throwAt(line, hello, peer.sealed(Buffer.concat([peer.preamble(), ...peer.flight(who)])));
}
