import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';

/** A certificate as it is published. */
export const PublishedCertificate = Type.Object(
  { pem: Type.String(), sha256: Type.String({ description: 'of the DER form, hex' }) },
  { additionalProperties: false },
);
export type PublishedCertificate = Static<typeof PublishedCertificate>;

/** A DER certificate as PEM (RFC 7468: 64 characters a line) with its fingerprint. Null stays null. */
export function publishCertificate(der: Uint8Array | null): PublishedCertificate | null {
  if (!der) return null;
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    sha256: createHash('sha256').update(der).digest('hex'),
  };
}
