import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  asClient,
  asServer,
  beginAsClient,
  beginAsServer,
  CHANGE_CIPHER_SPEC,
  EMPTY_CHANGE_CIPHER_SPEC,
  helloAround,
  pour,
  throwAt,
} from './peers/attacks.ts';
import { issueLeaf, sameNameChain, type Usage } from './peers/issue.ts';
import { Line } from './peers/line.ts';
import { ContentType, HandshakeType, handshake, record } from './peers/messages.ts';
import { ScriptedClient } from './peers/scripted-client.ts';
import { ScriptedServer } from './peers/scripted-server.ts';
import { type Expected, Trial } from './trial.ts';

/*
 * What has brought down others, or would: each is survived (the boot stays, a good client is served), bounded in memory and time, and
 * told as what it is. "→" is outcome, depth, alert, and the limit or reason that the guest names.
 *
 *  1  an empty ChangeCipherSpec alone, many; before, within a hello → hello_malformed, 1 or 2, 50
 *     …after the hello, inside the client's flight                  → protocol_violation, 3 or 5, 50
 *     a proper one after the hello                                  → is ignored (RFC 8446 §5)
 *     2,000 proper ones                                             → guest_silent_close, 3, IllegalMiddleboxChangeCipherSpec
 *  2  a Certificate that declares 16 MiB, both roles                → guest_silent_close, 3, HandshakePayloadTooLarge
 *     a Certificate of 64 KiB that drips, both roles                → handshake_timeout, 3, limit handshake
 *     a Certificate of 64 KiB that pours in small records           → guest_limit, 3, limit bytes
 *     twelve long Certificates at once                              → eight wait for their deadline, four: guest_limit, 3, limit memory
 *  3  11 and 120 certificates of one name, both roles               → guest_limit, 4, 46, limit chain
 *     8 of them, as many as a chain may have                        → certificate_untrusted, 4, 48, AmbiguousIssuer, E03_lookalike_ca
 *  4  a usage that is wrong or missing, both roles                  → certificate_unsuitable, 4, 43, E07_wrong_eku
 *  5  a target's client role relayed into its server role           → released_relay, 8, both legs; released_self_test only where registered
 *     one target's relayed into another's                           → certificate_untrusted, 4, 48, and refused_by_peer, 3
 *  6  a valid chain of 40 KB in records of 512 bytes, both roles    → released_practice, 8: it stays below 64 KiB of message and 96 KiB of bytes
 *  7  a hello byte by byte, connections that never speak            → handshake_timeout, 1; idle_timeout, 0
 *     more than there are places for                                → gateway_limited, 1
 *     a half-close inside a record                                  → hello_incomplete, 1; abandoned, 3
 *  8  copied randoms on two legs: attempts.test.ts
 *  9–12: regressions-outages.test.ts
 */

const LONG_CERTIFICATE = 0xffff;
const SIXTEEN_MIB = 0xffffff;
/** With 40 KiB of padding in it, a leaf's message takes two thirds of what a message may. */
const BIG_LEAF_BYTES = 40 << 10;
const SMALL_RECORD_BYTES = 512;
/** Far more than the guest takes before authentication, and than the gateway may keep of what it does not take. */
const POURED_BYTES = 64 << 20;
const TAKEN_BYTES = 1 << 20;

let trial: Trial;

before(async () => {
  trial = await Trial.start();
});

after(() => trial?.stop());

/** A test for each: an attack that comes to its end by itself, and the row that it must become. */
function attacks(list: readonly [name: string, attack: () => Promise<Line>, expected: Expected][]): void {
  for (const [name, attack, expected] of list) {
    test(`${name}: survived, and told as what it is`, async () => {
      await trial.assertRow(await attack(), expected);
      await trial.assertSurvived();
    });
  }
}

describe('ChangeCipherSpec', () => {
  const malformed = { outcome: 'hello_malformed', alert: 50, says: 'InvalidEmptyPayload' };
  const violation = { outcome: 'protocol_violation', alert: 50, says: 'InvalidEmptyPayload' };
  attacks([
    [
      'an empty one alone',
      async () => throwAt(await Line.open(trial.serverPort), EMPTY_CHANGE_CIPHER_SPEC),
      { ...malformed, depth: 1 },
    ],
    [
      'ten thousand empty ones',
      async () => throwAt(await Line.open(trial.serverPort), Buffer.alloc(50_000, EMPTY_CHANGE_CIPHER_SPEC)),
      { ...malformed, depth: 1 },
    ],
    [
      'an empty one before the hello',
      async () => {
        const { line, hello } = await ScriptedClient.connect(trial.serverPort);
        return throwAt(line, EMPTY_CHANGE_CIPHER_SPEC, hello);
      },
      { ...malformed, depth: 2 },
    ],
    [
      'an empty one within the hello',
      () => helloAround(trial.serverPort, EMPTY_CHANGE_CIPHER_SPEC),
      { ...malformed, depth: 2 },
    ],
    [
      'an empty one after the hello',
      async () => {
        const { line, hello } = await ScriptedClient.connect(trial.serverPort);
        return throwAt(line, hello, EMPTY_CHANGE_CIPHER_SPEC);
      },
      { ...violation, depth: 3 },
    ],
    [
      'an empty one between Certificate and CertificateVerify',
      async () => {
        const scripted = await ScriptedClient.connect(trial.serverPort);
        await scripted.negotiate();
        const [certificate, ...rest] = scripted.flight(trial.client);
        const before = scripted.sealed(certificate);
        return throwAt(scripted.line, before, EMPTY_CHANGE_CIPHER_SPEC, scripted.sealed(Buffer.concat(rest)));
      },
      { ...violation, depth: 5 },
    ],
    [
      'an empty one before the ServerHello, to the client role',
      async () => {
        const scripted = await ScriptedServer.connect(trial.clientPort);
        return throwAt(scripted.line, EMPTY_CHANGE_CIPHER_SPEC, await scripted.greet());
      },
      { ...malformed, depth: 3 },
    ],
    [
      'a proper one after the hello is ignored',
      async () => {
        const scripted = await ScriptedClient.connect(trial.serverPort);
        await scripted.line.send(Buffer.concat([scripted.hello, CHANGE_CIPHER_SPEC]));
        await scripted.takeFlight();
        return throwAt(scripted.line, scripted.sealed(Buffer.concat(scripted.flight(trial.client))));
      },
      { outcome: 'released_practice', depth: 8, alert: 0, class: 'E17_secret_released' },
    ],
    [
      'two thousand proper ones after the hello',
      async () => {
        const { line, hello } = await ScriptedClient.connect(trial.serverPort);
        return throwAt(line, hello, Buffer.alloc(12_000, CHANGE_CIPHER_SPEC));
      },
      { outcome: 'guest_silent_close', depth: 3, says: 'IllegalMiddleboxChangeCipherSpec' },
    ],
  ]);
});

describe('a Certificate that is too long', () => {
  const refused = { outcome: 'guest_silent_close', depth: 3, says: 'HandshakePayloadTooLarge' };
  attacks([
    [
      'a client’s that declares 16 MiB',
      async () => throwAt((await beginAsClient(trial.serverPort, SIXTEEN_MIB, Buffer.alloc(100))).line),
      refused,
    ],
    [
      'a server’s that declares 16 MiB',
      async () => throwAt((await beginAsServer(trial.clientPort, SIXTEEN_MIB, Buffer.alloc(100))).line),
      refused,
    ],
    [
      'a hello that declares 16 MiB',
      async () =>
        throwAt(
          await Line.open(trial.serverPort),
          record(ContentType.handshake, handshake(HandshakeType.clientHello, Buffer.alloc(100), SIXTEEN_MIB)),
        ),
      { ...refused, outcome: 'hello_malformed', depth: 1 },
    ],
  ]);

  test('one that pours is cut off, and neither guest nor gateway keep what follows', async () => {
    const begun = await beginAsClient(trial.serverPort, LONG_CERTIFICATE, Buffer.alloc(100));
    assert.ok((await pour(begun, POURED_BYTES)) < POURED_BYTES);
    await begun.line.finish();
    await trial.assertRow(begun.line, { outcome: 'guest_limit', depth: 3, says: 'limit bytes' });
    const { transport } = (await trial.observer.attempt(begun.line.source)).record;
    assert.ok(transport.bytesIn < TAKEN_BYTES, `${transport.bytesIn} bytes were taken`);
    await trial.assertSurvived();
  });
});

describe('chains', () => {
  const tooLong = { outcome: 'guest_limit', depth: 4, alert: 46, says: 'limit chain' };
  const ambiguous = {
    outcome: 'certificate_untrusted',
    depth: 4,
    alert: 48,
    class: 'E03_lookalike_ca',
    says: 'AmbiguousIssuer',
  };
  const unsuitable = { outcome: 'certificate_unsuitable', depth: 4, alert: 43, class: 'E07_wrong_eku' };
  const released = { outcome: 'released_practice', depth: 8, alert: 0, class: 'E17_secret_released' };
  const chain = (usage: Usage, length: number) => sameNameChain(trial.it.authority, usage, length);
  const leaf = (usage: Usage, padding = 0) => issueLeaf(trial.it.authority, usage, { padding });
  for (const [length, expected] of [
    [8, ambiguous],
    [11, tooLong],
    [120, tooLong],
  ] as const) {
    attacks([
      [
        `${length} certificates of one name, as client`,
        async () => asClient(trial.serverPort, await chain('client', length)),
        expected,
      ],
      [
        `${length} certificates of one name, as server`,
        async () => asServer(trial.clientPort, await chain('server', length)),
        expected,
      ],
    ]);
  }
  attacks([
    ['a server’s certificate as client', async () => asClient(trial.serverPort, await leaf('server')), unsuitable],
    ['a certificate without usage as client', async () => asClient(trial.serverPort, await leaf('none')), unsuitable],
    ['a client’s certificate as server', async () => asServer(trial.clientPort, await leaf('client')), unsuitable],
    ['a certificate without usage as server', async () => asServer(trial.clientPort, await leaf('none')), unsuitable],
    [
      'a valid chain of 40 KB in records of 512 bytes, as client',
      async () => asClient(trial.serverPort, await leaf('client', BIG_LEAF_BYTES), SMALL_RECORD_BYTES),
      released,
    ],
    [
      'a valid chain of 40 KB in records of 512 bytes, as server',
      async () => asServer(trial.clientPort, await leaf('server', BIG_LEAF_BYTES), SMALL_RECORD_BYTES),
      released,
    ],
  ]);
});

describe('half of something, then the end', () => {
  const leave = async (line: Line, bytes: Buffer) => {
    await line.send(bytes);
    line.end();
    await line.finish();
    return line;
  };
  attacks([
    [
      'half a hello',
      async () => {
        const { line, hello } = await ScriptedClient.connect(trial.serverPort);
        return leave(line, hello.subarray(0, hello.length / 2));
      },
      { outcome: 'hello_incomplete', depth: 1 },
    ],
    [
      'half a protected record',
      async () => {
        const scripted = await ScriptedClient.connect(trial.serverPort);
        await scripted.negotiate();
        const flight = scripted.sealed(Buffer.concat(scripted.flight(trial.client)));
        return leave(scripted.line, flight.subarray(0, flight.length / 2));
      },
      { outcome: 'abandoned', depth: 3 },
    ],
    [
      'half a ServerHello, to the client role',
      async () => {
        const scripted = await ScriptedServer.connect(trial.clientPort);
        const hello = await scripted.greet();
        return leave(scripted.line, hello.subarray(0, hello.length / 2));
      },
      { outcome: 'hello_incomplete', depth: 1 },
    ],
  ]);
});
