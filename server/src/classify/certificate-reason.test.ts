import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CertificateFault, certificateFault } from './certificate-reason.ts';

/** Names of webpki 0.103's `Error`, as its Debug prints them, and of rustls' `CertificateError`. */
const NAMES: Record<Exclude<CertificateFault, 'unknown'>, string[]> = {
  malformed: [
    ...['BadDer', 'BadDerTime', 'TrailingData(Certificate)', 'ExtensionValueInvalid', 'MalformedExtensions'],
    ...['MalformedDnsIdentifier', 'MalformedNameConstraint', 'InvalidNetworkMaskConstraint', 'InvalidSerialNumber'],
    ...['UnsupportedCertVersion', 'BadEncoding'],
  ],
  expired: [
    'CertExpired { time: 1, not_after: 0 }',
    'CertNotValidYet { time: 0 }',
    'InvalidCertValidity',
    'NotValidYet',
  ],
  usage: ['EmptyEkuExtension', 'RequiredEkuNotFoundContext(RequiredEkuNotFoundContext { })', 'InvalidPurpose'],
  unknown_issuer: ['UnknownIssuer'],
  bad_signature: ['InvalidSignatureForPublicKey', 'SignatureAlgorithmMismatch', 'BadSignature'],
  constraint: [
    ...['CaUsedAsEndEntity', 'EndEntityUsedAsCa', 'PathLenConstraintViolated', 'NameConstraintViolation'],
    ...['MaximumPathDepthExceeded', 'MaximumSignatureChecksExceeded', 'UnsupportedCriticalExtension', 'ChainTooLong'],
    ...['CertNotValidForName(InvalidNameContext { })', 'Other(CaUsedAsEndEntity)'],
  ],
  revoked: ['CertRevoked', 'UnknownRevocationStatus', 'CertDistrusted'],
};

for (const [fault, names] of Object.entries(NAMES)) {
  test(`these are ${fault}`, () => {
    for (const name of names) assert.equal(certificateFault(name, undefined), fault, name);
  });
}

test('what a verifier quotes from the certificate decides nothing', () => {
  const quoting = 'CertNotValidForName(InvalidNameContext { presented: ["DnsName(\\"expired.signature\\")"] })';
  assert.equal(certificateFault(quoting, undefined), 'constraint');
});

test('words that nobody knows leave it to the alert, and without one it is unknown', () => {
  assert.equal(certificateFault('Xyzzy', 45), 'expired');
  assert.equal(certificateFault('Xyzzy', 10), 'unknown');
  assert.equal(certificateFault('', undefined), 'unknown');
});
