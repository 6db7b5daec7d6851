import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Channel, GuestTold } from '../wire/facts.ts';
import { captureOf } from './capture.ts';
import { type HandshakeSecrets, keyLogOf, secretsOf, withoutSecrets } from './handshake-secrets.ts';
import { blockTypes, withKeyLog } from './testing/key-log.ts';
import { CLIENT_NAME, DOCUMENT, type RecordedSession, recordSession, SERVER_NAME } from './testing/tls-session.ts';
import { placeOf, type Stretch, transcriptOf } from './testing/transcripts.ts';
import { fieldsOf } from './testing/tshark.ts';

const PLACE = placeOf(0);
const CERTIFICATE = '11';
const LABELS = /^(\w+) ([0-9a-f]+) ([0-9a-f]+)$/gm;

/** The two secrets of a session that a guest would have told. */
function handshakeSecrets({ keyLog }: RecordedSession): HandshakeSecrets {
  const lines = [...keyLog.matchAll(LABELS)];
  const of = (label: string) => lines.find(([, name]) => name === label)?.[3] ?? '';
  const clientRandom = lines[0]?.[2] ?? '';
  return {
    clientRandom,
    client: of('CLIENT_HANDSHAKE_TRAFFIC_SECRET'),
    server: of('SERVER_HANDSHAKE_TRAFFIC_SECRET'),
  };
}

/** The session as an attempt: the guest is the server where the attacker came in by `server`, and the client elsewhere. */
function attemptOf({ reads }: RecordedSession, channel: Channel): ReturnType<typeof transcriptOf> {
  const attacker = channel === 'server' ? 'client' : 'server';
  const stretches = reads.map(({ from, bytes }): Stretch => [from === attacker ? 'in' : 'out', bytes]);
  return transcriptOf(stretches, { channel });
}

/** What tshark reads in a capture: names in certificates, and application data that it could open. */
async function readIn(capture: Buffer): Promise<{ names: string[]; opened: string }> {
  const packets = await fieldsOf(capture, [...(['tls.handshake.type', 'x509sat.uTF8String', 'data.data'] as const)]);
  const certificates = packets.filter(packet => packet['tls.handshake.type'].split(',').includes(CERTIFICATE));
  return {
    // A self-signed one has the name twice: its subject is its issuer.
    names: certificates.map(packet => [...new Set(packet['x509sat.uTF8String'].split(','))].join()),
    opened: Buffer.from(packets.map(packet => packet['data.data'].replaceAll(',', '')).join(''), 'hex').toString(),
  };
}

describe('the certificate of whoever was the client is in the capture for those with the secrets alone', () => {
  const cases: [string, Channel[]][] = [
    ['TLS_AES_128_GCM_SHA256', ['server', 'client', 'callback']],
    ['TLS_AES_256_GCM_SHA384', ['server']],
  ];
  for (const [ciphers, channels] of cases) {
    describe(ciphers, () => {
      let session: RecordedSession;
      before(async () => {
        session = await recordSession(ciphers);
      });
      for (const channel of channels) {
        test(`where the attacker came in by ${channel}`, async () => {
          const lines = attemptOf(session, channel);
          const { names, opened } = await readIn(captureOf(lines, PLACE, handshakeSecrets(session)));
          assert.deepEqual(names, [SERVER_NAME, CLIENT_NAME]);
          assert.equal(opened, '', 'and nothing after the handshake');
          assert.deepEqual((await readIn(captureOf(lines, PLACE, null))).names, []);
        });
      }

      test('the whole key log would open what follows, so that its absence says something', async () => {
        const capture = captureOf(attemptOf(session, 'server'), PLACE, null);
        const whole = withKeyLog(capture, session.keyLog);
        assert.equal((await readIn(whole)).opened, DOCUMENT);
      });
    });
  }
});

const HEX = 'ab'.repeat(32);
const told = (event: object): GuestTold => ({
  ...{ kind: 'guest', t: 1, target: 'prize', bootId: 'b', seq: 1, id: 'i' },
  event: { us: 1, kind: 'handshake_secrets', clientRandom: HEX, client: HEX, server: HEX, ...event },
});

test('a key log has the two labels of the handshake, whatever else it is given', () => {
  const more = { ...{ clientRandom: HEX, client: HEX, server: HEX }, CLIENT_TRAFFIC_SECRET_0: HEX, exporter: HEX };
  const labels = [...keyLogOf(more).matchAll(LABELS)].map(([, label]) => label);
  assert.deepEqual(labels, ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET']);
});

test('what a guest tells is a secret only if it can be one, so that no line of its own gets into a key log', () => {
  assert.deepEqual(secretsOf([told({})]), { clientRandom: HEX, client: HEX, server: HEX });
  const line = `${HEX}\nCLIENT_TRAFFIC_SECRET_0 ${HEX} ${HEX}`;
  for (const event of [
    { client: line },
    { server: line },
    { clientRandom: line },
    { client: 'ab' },
    { server: null },
  ]) {
    assert.equal(secretsOf([told(event)]), null);
  }
});

test('a transcript says that there were secrets and not which', () => {
  const { event } = withoutSecrets(told({}));
  assert.deepEqual(event, { us: 1, kind: 'handshake_secrets', clientRandom: HEX, client: null, server: null });
});

test('secrets come before the first packet, in one block', () => {
  const capture = captureOf(transcriptOf([['in', Buffer.from('x')]]), PLACE, {
    ...{ clientRandom: HEX, client: HEX, server: HEX },
  });
  const types = blockTypes(capture);
  assert.deepEqual(types.slice(0, 4), [0x0a0d0d0a, 1, 10, 6]);
  assert.equal(types.filter(type => type === 10).length, 1);
});
