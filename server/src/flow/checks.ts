import type { Outcome } from '../wire/outcomes.ts';

/** A check that the target makes: what it says when it fails, and where that is written. No import of code: browsers load it too. */
export interface Check {
  readonly says: string;
  /** Null where the rule is ours: a published limit. */
  readonly section: string | null;
}

/** Sentences are the target's, about whoever it speaks with. */
export const CHECKS = {
  record: { says: 'What came is not a TLS record.', section: 'RFC 8446 §5.1' },
  hello_form: { says: 'The hello cannot be parsed.', section: 'RFC 8446 §4.1.2' },
  version: { says: 'TLS 1.3 was not among the versions.', section: 'RFC 8446 §4.2.1' },
  parameters: { says: 'No cipher suite, group or signature scheme is known to both.', section: 'RFC 8446 §4.1.1' },
  hello_rules: { says: 'The hello breaks a rule, or lacks an extension that it must have.', section: 'RFC 8446 §9.2' },
  certificate_presence: { says: 'There must be a certificate, and there was none.', section: 'RFC 8446 §4.4.2.4' },
  certificate_form: { says: 'The certificate is not well formed.', section: 'RFC 5280 §4.1' },
  certificate_version: { says: 'The certificate is not of X.509 version 3.', section: 'RFC 5280 §4.1.2.1' },
  issuer: { says: 'The chain does not lead to the authority of the target.', section: 'RFC 5280 §6.1' },
  signature: { says: 'A signature in the chain is wrong.', section: 'RFC 5280 §6.1.3' },
  validity: { says: 'The certificate is not valid at this time.', section: 'RFC 5280 §4.1.2.5' },
  usage: { says: 'The certificate is not meant for this use.', section: 'RFC 5280 §4.2.1.12' },
  basic_constraints: {
    says: 'An authority stood where a leaf belongs, or a leaf where an authority belongs.',
    section: 'RFC 5280 §4.2.1.9',
  },
  name_constraints: { says: 'The name lies outside of what its authority may issue.', section: 'RFC 5280 §4.2.1.10' },
  path_length: { says: 'The chain is longer than it may be.', section: 'RFC 5280 §6.1.4' },
  revocation: { says: 'The certificate was revoked.', section: 'RFC 5280 §6.3' },
  chain: { says: 'The chain was refused.', section: 'RFC 5280 §6.1' },
  possession: { says: 'The signature does not prove that the key is theirs.', section: 'RFC 8446 §4.4.3' },
  scheme: { says: 'The signature is of a scheme that was not offered.', section: 'RFC 8446 §4.4.3' },
  finished: { says: 'The Finished message does not match what was said before it.', section: 'RFC 8446 §4.4.4' },
  order: { says: 'A message came where it has no place.', section: 'RFC 8446 §4' },
  decryption: { says: 'A record cannot be decrypted.', section: 'RFC 8446 §5.2' },
  message_form: { says: 'A message cannot be parsed.', section: 'RFC 8446 §6.2' },
  protocol: { says: 'The protocol was broken.', section: 'RFC 8446 §6.2' },
  chain_limit: { says: 'More certificates than the target is willing to look at.', section: null },
  limit: { says: 'A published limit of the target was reached.', section: null },
  time: { says: 'The time that is allowed was over.', section: null },
  places: { says: 'A published limit of the gateway was reached.', section: null },
  silent: { says: 'The TLS library gave up without an alert.', section: 'RFC 8446 §6.2' },
  crash: { says: 'The target crashed.', section: null },
  restart: { says: 'The target or its gateway was stopped.', section: null },
  unreachable: { says: 'The target could not be reached.', section: null },
  no_answer: { says: 'Nobody answered the call back.', section: null },
  lost: { says: 'The recording breaks off here.', section: null },
} as const satisfies Record<string, Check>;
export type CheckId = keyof typeof CHECKS;

function isCheckId(id: string): id is CheckId {
  return Object.hasOwn(CHECKS, id);
}
export const CHECK_IDS: readonly CheckId[] = Object.keys(CHECKS).filter(isCheckId);

/** What of a record decides which check it was. */
export interface Refused {
  readonly outcome: Outcome;
  /** `chain_rejected: …` and the like: the verifier's own words. */
  readonly guestError: string | null;
  readonly alert: number | null;
}

/** The names of webpki's and rustls' errors. The first that occurs counts. */
const CHAIN: readonly (readonly [RegExp, CheckId])[] = [
  [/^limit: chain|ChainTooLong/, 'chain_limit'],
  [/CaUsedAsEndEntity|EndEntityUsedAsCa/, 'basic_constraints'],
  [/NameConstraint|NotValidForName/, 'name_constraints'],
  [/PathLen|MaximumPath|Exceeded/, 'path_length'],
  [/Eku|Purpose|KeyUsage/, 'usage'],
  [/Expired|NotValidYet|Validity/, 'validity'],
  [/UnknownIssuer/, 'issuer'],
  [/Signature/, 'signature'],
  [/Revo/, 'revocation'],
  [/CertVersion/, 'certificate_version'],
  [/BadEncoding|BadDer|Malformed|TrailingData|Serial|ExtensionValue/, 'certificate_form'],
];

/** Where the verifier's words begin to quote the certificate, which are not its own. */
const QUOTE = /[{["']/;

const BY_OUTCOME: Partial<Readonly<Record<Outcome, CheckId>>> = {
  not_tls: 'record',
  hello_malformed: 'hello_form',
  version_refused: 'version',
  parameters_refused: 'parameters',
  hello_refused: 'hello_rules',
  certificate_missing: 'certificate_presence',
  certificate_malformed: 'certificate_form',
  certificate_untrusted: 'issuer',
  certificate_unsuitable: 'chain',
  possession_failed: 'possession',
  finished_failed: 'finished',
  protocol_violation: 'protocol',
  handshake_timeout: 'time',
  idle_timeout: 'time',
  guest_limit: 'limit',
  guest_silent_close: 'silent',
  guest_crash: 'crash',
  target_restarted: 'restart',
  backend_unavailable: 'unreachable',
  callback_unreachable: 'no_answer',
  gateway_limited: 'places',
  observer_lost: 'lost',
};

/** RFC 8446 §6.2, for what broke the protocol in the middle of a handshake. */
const BY_ALERT: ReadonlyMap<number, CheckId> = new Map([
  [10, 'order'],
  [20, 'decryption'],
  [50, 'message_form'],
]);

const OF_CHAINS: ReadonlySet<Outcome> = new Set([
  'certificate_malformed',
  'certificate_untrusted',
  'certificate_unsuitable',
  'guest_limit',
]);

/** The check that an attempt failed; null where nobody refused it. */
export function checkOf({ outcome, guestError, alert }: Refused): CheckId | null {
  const own = (guestError ?? '').split(QUOTE, 1)[0] ?? '';
  if (OF_CHAINS.has(outcome)) {
    const found = CHAIN.find(([pattern]) => pattern.test(own));
    if (found) return found[1];
  }
  if (outcome === 'possession_failed' && /SigScheme/.test(own)) return 'scheme';
  if (outcome === 'protocol_violation' && alert !== null) return BY_ALERT.get(alert) ?? 'protocol';
  return BY_OUTCOME[outcome] ?? null;
}
