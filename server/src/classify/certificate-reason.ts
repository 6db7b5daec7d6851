import type { Outcome } from '../wire/outcomes.ts';

/** What was wrong with a certificate chain, as far as outcome and class depend on it. */
export type CertificateFault =
  | 'malformed'
  | 'expired'
  | 'usage'
  | 'unknown_issuer'
  | 'bad_signature'
  | 'constraint'
  | 'revoked'
  | 'unknown';

/**
 * Parts of the words that verifiers use, without case and punctuation, most telling first. They cover the names of webpki's `Error`
 * and rustls' `CertificateError`; a spelling of one's own works as well.
 */
const FAULTS: readonly (readonly [RegExp, CertificateFault])[] = [
  [/maximum|exceeded|toolong/, 'constraint'],
  [/expired|notvalidyet|notyetvalid|notbefore|notafter|validity/, 'expired'],
  [/purpose|keyusage|eku/, 'usage'],
  [/unknownissuer|unknownca|untrustedissuer|selfsigned|notrustanchor/, 'unknown_issuer'],
  [/signature/, 'bad_signature'],
  [/revoked|revocation|distrusted/, 'revoked'],
  [/badencoding|badder|malformed|trailing|serial|version|networkmask|extensionvalue|missingdata|decode/, 'malformed'],
  [/constraint|pathlen|endentity|usedasca|critical|name/, 'constraint'],
];

/** Where a verifier begins to quote the certificate, whose words must not pass for its own. */
const QUOTE = /[{["']/;

const OUTCOMES: Readonly<Record<CertificateFault, Outcome>> = {
  malformed: 'certificate_malformed',
  expired: 'certificate_unsuitable',
  usage: 'certificate_unsuitable',
  constraint: 'certificate_unsuitable',
  unknown_issuer: 'certificate_untrusted',
  bad_signature: 'certificate_untrusted',
  revoked: 'certificate_untrusted',
  unknown: 'certificate_untrusted',
};

/** Alerts of RFC 8446 §6.2 that speak of certificates. */
const ALERTS: ReadonlyMap<number, CertificateFault> = new Map([
  [42, 'malformed'],
  [43, 'usage'],
  [44, 'revoked'],
  [45, 'expired'],
  [46, 'constraint'],
  [48, 'unknown_issuer'],
  [49, 'unknown'],
]);

/** Reads a verifier's words, whatever their spelling; the alert that went with them helps where they are new to us. */
export function certificateFault(reason: string, alert: number | undefined): CertificateFault {
  const own = reason.split(QUOTE, 1)[0] ?? '';
  const words = own.toLowerCase().replace(/[^a-z]/g, '');
  const known = FAULTS.find(([pattern]) => pattern.test(words));
  return known?.[1] ?? faultOfAlert(alert) ?? 'unknown';
}

/** What an alert alone says of a certificate; null if it does not speak of certificates. */
export function faultOfAlert(code: number | undefined): CertificateFault | null {
  return code === undefined ? null : (ALERTS.get(code) ?? null);
}

export function outcomeOfFault(fault: CertificateFault): Outcome {
  return OUTCOMES[fault];
}
