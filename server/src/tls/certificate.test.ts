import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { describeCertificate } from './certificate.ts';

const run = promisify(execFile);

test('names, validity, purposes and key of a certificate are described', async () => {
  const der = await makeCertificate('/C=XX/O=Some, Org/CN=client', [
    'subjectAltName=DNS:a.example,IP:127.0.0.1',
    'extendedKeyUsage=clientAuth,1.2.3.4',
  ]);
  const found = describeCertificate(der);
  assert.ok(found);
  assert.match(found.subject, /^C=XX, O=.*Org.*, CN=client$/);
  assert.equal(found.issuer, found.subject);
  assert.deepEqual(found.san, ['DNS:a.example', 'IP Address:127.0.0.1']);
  assert.deepEqual(found.eku, ['clientAuth', '1.2.3.4']);
  assert.equal(found.serial, 'A1');
  assert.match(found.spkiSha256 ?? '', /^[0-9a-f]{64}$/);
  assert.equal(Date.parse(found.notAfter ?? '') - Date.parse(found.notBefore ?? ''), 30 * 86_400_000);
});

test('an absent purpose is an empty list', async () => {
  assert.deepEqual(describeCertificate(await makeCertificate('/CN=x', []))?.eku, []);
});

test('hostile names come out printable and capped', async () => {
  const name = `evil\nCN=other\u202e${'x'.repeat(20)}`;
  const found = describeCertificate(await makeCertificate(`/CN=${name}`, [`subjectAltName=${sans(40)}`]));
  assert.ok(found);
  assert.doesNotMatch(found.subject, /[\p{Cc}\p{Cf}]/u);
  assert.equal(found.san.length, 16);
});

test('PEM, text, nothing and every truncation are no certificate, and no changed byte makes it throw', async () => {
  const der = await makeCertificate('/CN=x', ['extendedKeyUsage=serverAuth']);
  const pem = new X509Certificate(der).toString();
  for (const bytes of [Buffer.from(pem), Buffer.from('hello'), Buffer.alloc(0)])
    assert.equal(describeCertificate(bytes), null);
  for (let length = 0; length < der.length; length++) assert.equal(describeCertificate(der.subarray(0, length)), null);
  for (let at = 0; at < der.length; at++) {
    const changed = Buffer.from(der);
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    assert.doesNotThrow(() => JSON.stringify(describeCertificate(changed)));
  }
});

function sans(count: number): string {
  return Array.from({ length: count }, (_, index) => `DNS:host${index}.example`).join(',');
}

async function makeCertificate(subject: string, extensions: string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-certificate-'));
  try {
    const file = join(folder, 'cert.der');
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'key.pem')];
    const added = extensions.flatMap(text => ['-addext', text]);
    const rest = ['-utf8', '-set_serial', '0xA1', '-days', '30', '-outform', 'DER', '-out', file];
    await run('openssl', ['req', '-x509', '-subj', subject, ...key, ...added, ...rest]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
