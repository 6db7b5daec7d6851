import { randomBytes, type webcrypto } from 'node:crypto';
import type { PublishedCredentials } from '../wire/facts.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const YEARS = 10;

/**
 * Makes a certificate authority with one server and one client certificate, all P-256, PEM. The profile is that of an
 * authority born in a guest: each leaf has one extended key usage and no other. The CA's key is dropped.
 */
export async function writePracticeAuthority(now: Date): Promise<PublishedCredentials> {
  // Loaded here, because this is needed once in the life of an installation. The second needs what the first defines.
  await import('reflect-metadata/lite');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(crypto);

  const common = {
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + YEARS * 365 * DAY_MS),
  };
  const issuer = 'CN=pinata practice authority';
  const [caKeys, serverKeys, clientKeys] = await Promise.all([newKeys(), newKeys(), newKeys()]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    serialNumber: newSerial(),
    name: issuer,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leaf = async (subject: string, keys: webcrypto.CryptoKeyPair, usage: string, names: string[]) =>
    x509.X509CertificateGenerator.create({
      ...common,
      serialNumber: newSerial(),
      subject,
      issuer,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage], false),
        ...(names.length > 0
          ? [new x509.SubjectAlternativeNameExtension(names.map(value => ({ type: 'dns' as const, value })))]
          : []),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      ],
    });
  const server = await leaf('CN=pinata', serverKeys, x509.ExtendedKeyUsage.serverAuth, ['pinata']);
  const client = await leaf('CN=pinata client', clientKeys, x509.ExtendedKeyUsage.clientAuth, []);
  return {
    'ca.pem': line(ca.toString('pem')),
    'client.pem': line(client.toString('pem')),
    'client.key': await pemOf(clientKeys),
    'server.pem': line(server.toString('pem')),
    'server.key': await pemOf(serverKeys),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** Positive and of 16 bytes (RFC 5280 §4.1.2.2 allows up to 20). */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** PKCS #8. */
async function pemOf({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

function line(pem: string): string {
  return `${pem.trimEnd()}\n`;
}
