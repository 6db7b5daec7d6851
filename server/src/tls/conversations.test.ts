import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { TlsObservation } from './observation.ts';
import { TlsObserver } from './observer.ts';
import type { Segment } from './testing/pcap.ts';
import { captureConversation, hasProgram } from './testing/real-peers.ts';
import { dissect } from './testing/tshark.ts';

/** openssl with itself: what a bystander sees, and what tshark sees. Histories are as Zeek would log them. */
const CONVERSATIONS = {
  tls13: { client: ['-tls1_3'], server: [], history: 'CsiI' },
  retry: { client: ['-groups', 'X25519:P-256'], server: ['-groups', 'P-256'], history: 'CjiICs' },
  noCertificate: { client: ['-tls1_3'], server: ['-Verify', '1'], history: 'CsiI' },
  tls12: { client: ['-tls1_2'], server: [], history: 'CsxknGI' },
  versionRefused: { client: ['-tls1_2'], server: ['-tls1_3'], history: 'Cl' },
} as const;

type Name = keyof typeof CONVERSATIONS;
const captured = new Map<Name, Segment[]>();
const skip = (await hasProgram('openssl')) && (await hasProgram('tshark')) ? false : 'openssl or tshark is not here';

before(async () => {
  if (skip) return;
  for (const name of names()) {
    const { client, server } = CONVERSATIONS[name];
    captured.set(name, await captureConversation(client, server));
  }
});

test('histories begin as in Zeek', { skip }, () => {
  for (const name of names()) {
    const { history } = observed(name);
    assert.ok(history.startsWith(CONVERSATIONS[name].history), `${name}: ${history}`);
  }
});

test('TLS 1.3 is agreed in the clear and the rest is sealed', { skip }, () => {
  const seen = observed('tls13');
  assert.equal(seen.serverHello?.selectedVersion, 0x0304);
  assert.equal(seen.serverHello?.group, 29);
  assert.ok(seen.encryptedIn > 0 && seen.encryptedOut > 0);
  assert.deepEqual(seen.anomalies, []);
});

test('a HelloRetryRequest is no ServerHello, and the second hello no duplicate', { skip }, () => {
  const seen = observed('retry');
  assert.equal(seen.helloRetryRequest, true);
  assert.equal(seen.serverHello?.group, 23);
  assert.deepEqual(seen.clientHello?.keyShares, [29]);
  assert.deepEqual(seen.anomalies, []);
});

test('an alert before keys is readable', { skip }, () => {
  const { alerts, serverHello } = observed('versionRefused');
  assert.deepEqual(
    alerts.map(({ from, level, code }) => ({ from, level, code })),
    [{ from: 'guest', level: 2, code: 70 }],
  );
  assert.equal(serverHello, null);
});

test('what follows ChangeCipherSpec in TLS 1.2 is not read as plaintext', { skip }, () => {
  const seen = observed('tls12');
  assert.ok(seen.encryptedIn > 0 && seen.encryptedOut > 0);
  assert.deepEqual(seen.alerts, []);
  assert.deepEqual(seen.anomalies, []);
});

test('fingerprints, ciphers and record types are those that tshark finds', { skip }, async () => {
  const list = names().map(name => captured.get(name) ?? []);
  const fields = ['tls.handshake.ja3', 'tls.handshake.ja3s', 'tls.record.content_type', 'tls.record.opaque_type'];
  const found = await dissect(list, fields);
  names().forEach((name, index) => {
    const seen = observed(name);
    const theirs = found[index];
    assert.equal(seen.ja3, theirs?.['tls.handshake.ja3']?.[0], name);
    const last = theirs?.['tls.handshake.ja3s']?.at(-1) ?? null;
    assert.equal(seen.ja3s, last, name);
    const types = [...(theirs?.['tls.record.content_type'] ?? []), ...(theirs?.['tls.record.opaque_type'] ?? [])];
    assert.deepEqual(seen.records.map(({ type }) => type).sort(), types.map(Number).sort(), name);
  });
});

function observed(name: Name): TlsObservation {
  const observer = new TlsObserver('server');
  for (const { dir, bytes } of captured.get(name) ?? []) observer.push(dir, bytes, 0);
  return observer.result();
}

function names(): Name[] {
  return ['tls13', 'retry', 'noCertificate', 'tls12', 'versionRefused'];
}
