import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { p256 } from '@noble/curves/nist.js';
import { practiceAuthority } from './practice-authority.ts';

function folder(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'pinata-authority-'));
  t.after(() => rmSync(parent, { recursive: true }));
  return join(parent, 'practice-authority');
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });

test('OpenSSL verifies each leaf for its own purpose and for no other', async t => {
  const path = folder(t);
  await practiceAuthority(path);
  const verify = (purpose: string, leaf: string, ...more: string[]) =>
    openssl('verify', '-x509_strict', '-CAfile', join(path, 'ca.pem'), '-purpose', purpose, ...more, join(path, leaf));
  assert.match(verify('sslserver', 'server.pem', '-verify_hostname', 'pinata'), /OK/);
  assert.match(verify('sslclient', 'client.pem'), /OK/);
  assert.throws(() => verify('sslclient', 'server.pem'));
  assert.throws(() => verify('sslserver', 'client.pem'));
});

test('the profile is that of the guest', async t => {
  const { credentials } = await practiceAuthority(folder(t));
  const server = new X509Certificate(credentials['server.pem']);
  const client = new X509Certificate(credentials['client.pem']);
  const ca = new X509Certificate(credentials['ca.pem']);
  assert.deepEqual([ca.ca, server.ca, client.ca], [true, false, false]);
  assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.equal(server.subjectAltName, 'DNS:pinata');
  assert.equal(server.issuer, ca.subject);
});

test('the scalars that the guest is given belong to the certificates', async t => {
  const { given } = await practiceAuthority(folder(t));
  for (const [certificate, key] of [
    [given.server, given.serverKey],
    [given.client, given.clientKey],
  ] as const) {
    const { x, y } = new X509Certificate(certificate).publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x ?? '', 'base64url'), Buffer.from(y ?? '', 'base64url')]);
    assert.deepEqual(Buffer.from(p256.getPublicKey(key, false)), point);
  }
});

test('it is made once, kept for its owner alone, and made anew shortly before it ends', async t => {
  const path = folder(t);
  const now = new Date('2026-11-24T00:00:00Z');
  const first = await practiceAuthority(path, now);
  assert.equal(statSync(join(path, 'client.key')).mode & 0o777, 0o600);
  assert.deepEqual(await practiceAuthority(path, now), first);
  const late = await practiceAuthority(path, new Date('2036-11-10T00:00:00Z'));
  assert.notDeepEqual(late, first);
  assert.ok(new X509Certificate(late.credentials['ca.pem']).validToDate > new Date('2046-01-01'));
});
