import type { Outcome } from '../wire/outcomes.ts';

/** One plain sentence for each outcome: what happened. Sections are of RFC 8446 (TLS 1.3). For pages; browsers load it too. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  connect_only: 'Connected, sent nothing and left.',
  idle_timeout: 'Connected and sent nothing until the time was up.',
  gateway_limited: 'Cut off by a published limit of the gateway.',
  backend_unavailable: 'The target could not be reached, so that nothing was attempted.',
  callback_unreachable: 'Asked to be called back, but nothing answered at that address.',
  not_tls: 'Sent something that is not TLS.',
  hello_incomplete: 'Began a TLS hello and left before it was complete.',
  hello_malformed: 'Sent a TLS hello that cannot be parsed (§4.1.2).',
  version_refused: 'Offered only versions older than TLS 1.3, which is all that the target speaks (§4.2.1).',
  parameters_refused: 'Had no cipher suite, group or signature scheme in common with the target (§4.1.1).',
  hello_refused: 'Sent a well-formed hello that breaks the rules or lacks a required extension (§9.2).',
  certificate_missing: 'Completed its hello but presented no certificate (§4.4.2.4).',
  certificate_malformed: 'Presented a certificate that cannot be parsed (§4.4.2).',
  certificate_untrusted: "Presented a certificate that the target's authority did not issue.",
  certificate_unsuitable:
    'Presented a certificate that may not be used here: wrong purpose, wrong time or a broken constraint.',
  possession_failed: 'Presented a certificate without proving to hold its key (§4.4.3).',
  finished_failed: 'Failed at the last step: the Finished message did not verify (§4.4.4).',
  protocol_violation: 'Broke the protocol in the middle of the handshake.',
  abandoned: 'Left in the middle of the handshake without a word.',
  refused_by_peer: 'Ended the handshake with an alert of its own.',
  left_before_release: 'Completed the handshake but left before the secret was sent.',
  handshake_timeout: 'Did not complete the handshake in the time that is allowed.',
  guest_limit: 'Ran into a published limit of the target.',
  guest_crash: 'The target crashed during the attempt and started anew with new keys.',
  guest_silent_close: 'The target closed the connection without an alert.',
  target_restarted: 'The target or its gateway was stopped or restarted during the attempt.',
  observer_lost: 'The recording of this attempt breaks off; how it ended is not known.',
  released_self_test: "The target's own self-test completed a session with itself, as it should.",
  released_relay: 'Relayed the target to itself: the session completed, and the relay saw only ciphertext.',
  released_practice: 'Won the practice target: authenticated, and was sent its worthless secret.',
  released: 'Authenticated and was sent the secret.',
};

/** An alert as pages show it. */
export interface AlertWords {
  /** The name of RFC 8446 §6, or `alert 123`. */
  name: string;
  /** What its sender means by it. */
  sentence: string;
}

/** Codes, names and meanings of RFC 8446 §6.1 and §6.2, and those of older versions that are still seen. */
const ALERTS: ReadonlyMap<number, readonly [string, string]> = new Map([
  [0, ['close_notify', 'I have nothing more to send (§6.1).']],
  [10, ['unexpected_message', 'That message has no place here (§6.2).']],
  [20, ['bad_record_mac', 'That record cannot be decrypted (§6.2).']],
  [21, ['decryption_failed', 'That record cannot be decrypted (only before TLS 1.2).']],
  [22, ['record_overflow', 'That record is too long (§5.1).']],
  [30, ['decompression_failure', 'That record cannot be unpacked (only before TLS 1.3).']],
  [40, ['handshake_failure', 'We have no acceptable parameters in common (§4.1.1).']],
  [41, ['no_certificate', 'I have no certificate (SSL 3.0 only).']],
  [42, ['bad_certificate', 'That certificate is corrupt or its signature is wrong (§6.2).']],
  [43, ['unsupported_certificate', 'That certificate is of a kind or for a purpose that is not accepted (§6.2).']],
  [44, ['certificate_revoked', 'That certificate was revoked (§6.2).']],
  [45, ['certificate_expired', 'That certificate is not valid now (§6.2).']],
  [46, ['certificate_unknown', 'That certificate is not acceptable for some other reason (§6.2).']],
  [47, ['illegal_parameter', 'A field contradicts others or is out of range (§6.2).']],
  [48, ['unknown_ca', 'That certificate leads to no authority that I trust (§6.2).']],
  [49, ['access_denied', 'The certificate is valid, but its holder may not enter (§6.2).']],
  [50, ['decode_error', 'That message cannot be parsed (§6.2).']],
  [51, ['decrypt_error', 'A signature or a Finished message does not verify (§6.2).']],
  [60, ['export_restriction', 'That breaks export rules (only before TLS 1.1).']],
  [70, ['protocol_version', 'I do not speak that version (§6.2).']],
  [71, ['insufficient_security', 'I require stronger parameters than those (§6.2).']],
  [80, ['internal_error', 'Something went wrong on my side (§6.2).']],
  [86, ['inappropriate_fallback', 'You fell back to an older version than both of us speak (RFC 7507).']],
  [90, ['user_canceled', 'I stop here, for no fault of the protocol (§6.1).']],
  [100, ['no_renegotiation', 'I do not renegotiate (only before TLS 1.3).']],
  [109, ['missing_extension', 'A required extension is missing (§9.2).']],
  [110, ['unsupported_extension', 'That extension was not offered or has no place here (§4.2).']],
  [111, ['certificate_unobtainable', 'That certificate cannot be fetched (only before TLS 1.3).']],
  [112, ['unrecognized_name', 'I have no server of that name (§6.2).']],
  [113, ['bad_certificate_status_response', 'That OCSP response is not acceptable (§6.2).']],
  [115, ['unknown_psk_identity', 'I know no such pre-shared key (§6.2).']],
  [116, ['certificate_required', 'I require a client certificate (§4.4.2.4).']],
  [120, ['no_application_protocol', 'We have no application protocol in common (RFC 7301).']],
  [121, ['ech_required', 'I require encrypted client hello (RFC 9849).']],
]);

/** Name and meaning of an alert code, whatever it is. Sections are of RFC 8446. */
export function alertWords(code: number): AlertWords {
  const [name, sentence] = ALERTS.get(code) ?? [`alert ${code}`, 'This code is not in the registry.'];
  return { name, sentence };
}
