import 'reflect-metadata/lite';
import { createPrivateKey, KeyObject, randomBytes, type webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as x509 from '@peculiar/x509';
import type { TestAuthority } from '../authority.ts';
import type { Credentials } from './script.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** An extension that nobody knows, and that need not be known (RFC 5280 §4.2): an arc for examples (RFC 5612). */
const PADDING_OID = '1.3.6.1.4.1.32473.1';

x509.cryptoProvider.set(crypto);

export type Usage = 'client' | 'server' | 'none';

const USAGES: Readonly<Record<Usage, readonly x509.ExtendedKeyUsage[]>> = {
  client: [x509.ExtendedKeyUsage.clientAuth],
  server: [x509.ExtendedKeyUsage.serverAuth],
  none: [],
};

interface Issuer {
  readonly name: x509.Name;
  readonly key: webcrypto.CryptoKey;
}

/** A leaf of the authority, named as the target's server certificate is. `padding`: bytes in an extension that means nothing. */
export async function issueLeaf(
  authority: TestAuthority,
  usage: Usage,
  { padding = 0 }: { padding?: number } = {},
): Promise<Credentials> {
  const issuer = await openAuthority(authority);
  const keys = await newKeys();
  const more = padding > 0 ? [new x509.Extension(PADDING_OID, false, randomBytes(padding))] : [];
  const leaf = await make(issuer, new x509.Name('CN=pinata'), keys.publicKey, [...leafExtensions(usage), ...more]);
  return { chain: [leaf], key: KeyObject.from(keys.privateKey) };
}

/**
 * `length` certificates that all have the authority's name, as subject and as issuer, and a key each that the next one certifies; the
 * last certifies itself. Sent in the order that makes a verifier who goes by names try the most: the one that fits is always the last.
 */
export async function sameNameChain(authority: TestAuthority, usage: Usage, length: number): Promise<Credentials> {
  const { name } = await openAuthority(authority);
  const keys = await Promise.all(Array.from({ length }, newKeys));
  const certificates = await Promise.all(
    keys.map(({ publicKey }, i) => {
      const signer = keys[Math.min(i + 1, length - 1)];
      if (!signer) throw new Error('an empty chain');
      return make({ name, key: signer.privateKey }, name, publicKey, i === 0 ? leafExtensions(usage) : CA_EXTENSIONS);
    }),
  );
  const [leaf, ...issuers] = certificates;
  const [own] = keys;
  if (!leaf || !own) throw new Error('an empty chain');
  return { chain: [leaf, ...issuers.reverse()], key: KeyObject.from(own.privateKey) };
}

const CA_EXTENSIONS = [
  new x509.BasicConstraintsExtension(true, undefined, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
];

function leafExtensions(usage: Usage): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'pinata' }]),
    ...(usage === 'none' ? [] : [new x509.ExtendedKeyUsageExtension([...USAGES[usage]], false)]),
  ];
}

async function make(
  issuer: Issuer,
  subject: x509.Name,
  publicKey: webcrypto.CryptoKey,
  extensions: x509.Extension[],
): Promise<Uint8Array> {
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString('hex')}`,
    subject,
    issuer: issuer.name,
    publicKey,
    signingKey: issuer.key,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + 30 * DAY_MS),
    extensions,
  });
  return new Uint8Array(certificate.rawData);
}

async function openAuthority(authority: TestAuthority): Promise<Issuer> {
  const { subjectName } = new x509.X509Certificate(readFileSync(authority.file('ca.pem'), 'utf8'));
  const pem = createPrivateKey(readFileSync(authority.file('ca.key')));
  return { name: subjectName, key: await pem.toCryptoKey(ALGORITHM, false, ['sign']) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
