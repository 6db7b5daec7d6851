import type { Outcome } from '../wire/outcomes.ts';

/** One row of what the first challenge published of its attempts: its words, and its share of the TLS connections where it gave one. */
export interface PublishedClass {
  words: string;
  share: number | null;
  /** Classes and outcomes of ours that mean the same. */
  classes: readonly string[];
  outcomes: readonly Outcome[];
}

/**
 * The classes of the Bitcoin Piñata of 2015, in the order in which an attempt is counted to one of them: what its TLS library said,
 * which gave up at the first error.
 */
export const CHALLENGE_2015: readonly PublishedClass[] = [
  { words: 'unknown record version', share: 0.1, classes: ['B02_invalid_record_version'], outcomes: [] },
  { words: 'heartbeat', share: 0.06, classes: ['D04_heartbleed', 'D05_heartbeat_probe'], outcomes: [] },
  {
    words: 'unexpected handshake record',
    share: 0.03,
    classes: [
      'D07_message_skipping',
      'D08_wrong_order',
      'D09_role_confusion',
      'D10_duplicate_hello',
      'D12_renegotiation',
    ],
    outcomes: [],
  },
  { words: 'SSLv3', share: 0.02, classes: ['C03_sslv3_poodle_probe'], outcomes: [] },
  { words: 'no secure renegotiation', share: 0.02, classes: ['C19_legacy_renegotiation'], outcomes: [] },
  { words: 'no shared cipher', share: 0.02, classes: [], outcomes: ['parameters_refused'] },
  { words: 'no client certificate', share: null, classes: ['E01_no_certificate'], outcomes: ['certificate_missing'] },
  {
    words: 'bad CertificateVerify',
    share: null,
    classes: ['E11_bad_certificate_verify'],
    outcomes: ['possession_failed'],
  },
  { words: 'ASN.1 rejected', share: null, classes: ['E14_malformed_certificate'], outcomes: ['certificate_malformed'] },
  {
    words: 'untrusted issuer',
    share: null,
    classes: ['E02_unknown_ca', 'E03_lookalike_ca', 'E04_self_signed_as_ca'],
    outcomes: ['certificate_untrusted'],
  },
  { words: 'parse error', share: null, classes: ['C31_malformed_hello'], outcomes: ['hello_malformed'] },
];

/** Which of them an attempt would have been counted to; null if none. */
export function challenge2015(outcome: Outcome, classes: readonly string[]): PublishedClass | null {
  return (
    CHALLENGE_2015.find(one => one.outcomes.includes(outcome) || one.classes.some(id => classes.includes(id))) ?? null
  );
}
