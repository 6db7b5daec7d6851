import { hex16, isGrease } from './tls-names.ts';

/** An extension of a hello: its name, what it says, and where that is written. */
export interface ExtensionWords {
  readonly name: string;
  readonly meaning: string;
  readonly section: string;
}

/** IANA, TLS ExtensionType values: those that are met. */
const EXTENSIONS: Readonly<Record<number, readonly [name: string, meaning: string, section: string]>> = {
  0: ['server_name', 'the host that is asked for', 'RFC 6066 §3'],
  1: ['max_fragment_length', 'asks for shorter records', 'RFC 6066 §4'],
  5: ['status_request', 'asks for an OCSP answer', 'RFC 6066 §8'],
  10: ['supported_groups', 'groups for the key exchange, best first', 'RFC 8446 §4.2.7'],
  11: ['ec_point_formats', 'how points are written; before TLS 1.3', 'RFC 8422 §5.1.2'],
  13: ['signature_algorithms', 'signatures that are accepted', 'RFC 8446 §4.2.3'],
  14: ['use_srtp', 'keys for real-time media', 'RFC 5764'],
  15: ['heartbeat', 'echoes; Heartbleed was here', 'RFC 6520'],
  16: ['application_layer_protocol_negotiation', 'protocols to be spoken inside', 'RFC 7301'],
  17: ['status_request_v2', 'asks for several OCSP answers', 'RFC 6961'],
  18: ['signed_certificate_timestamp', 'asks for proofs of a certificate log', 'RFC 6962'],
  21: ['padding', 'nothing, to reach a length', 'RFC 7685'],
  22: ['encrypt_then_mac', 'a safer order for CBC; before TLS 1.3', 'RFC 7366'],
  23: ['extended_main_secret', 'binds keys to the whole handshake; before TLS 1.3', 'RFC 7627'],
  27: ['compress_certificate', 'accepts compressed certificates', 'RFC 8879'],
  28: ['record_size_limit', 'asks for shorter records', 'RFC 8449'],
  34: ['delegated_credential', 'accepts short-lived keys', 'RFC 9345'],
  35: ['session_ticket', 'a ticket to resume with; before TLS 1.3', 'RFC 5077'],
  41: ['pre_shared_key', 'keys that both know already', 'RFC 8446 §4.2.11'],
  42: ['early_data', 'data comes before the handshake', 'RFC 8446 §4.2.10'],
  43: ['supported_versions', 'versions that are spoken, best first', 'RFC 8446 §4.2.1'],
  44: ['cookie', 'gives back what a retry brought', 'RFC 8446 §4.2.2'],
  45: ['psk_key_exchange_modes', 'how keys that both know may be used', 'RFC 8446 §4.2.9'],
  47: ['certificate_authorities', 'authorities that are trusted', 'RFC 8446 §4.2.4'],
  48: ['oid_filters', 'what a certificate must hold', 'RFC 8446 §4.2.5'],
  49: ['post_handshake_auth', 'may be asked for a certificate later', 'RFC 8446 §4.2.6'],
  50: ['signature_algorithms_cert', 'signatures accepted in certificates', 'RFC 8446 §4.2.3'],
  51: ['key_share', 'public keys for the exchange', 'RFC 8446 §4.2.8'],
  57: ['quic_transport_parameters', 'belongs to QUIC', 'RFC 9001 §8.2'],
  13172: ['next_protocol_negotiation', 'an older way to choose a protocol', 'draft-agl-tls-nextprotoneg'],
  17513: ['application_settings', 'settings of the protocol inside', 'draft-vvv-tls-alps'],
  17613: ['application_settings', 'settings of the protocol inside', 'draft-vvv-tls-alps'],
  65037: ['encrypted_client_hello', 'the true hello, encrypted', 'RFC 9849'],
  65281: ['renegotiation_info', 'safe renegotiation; before TLS 1.3', 'RFC 5746'],
};

export function extensionWords(value: number): ExtensionWords {
  if (isGrease(value)) {
    return {
      name: `GREASE ${hex16(value)}`,
      meaning: 'nothing: keeps servers used to unknown values',
      section: 'RFC 8701',
    };
  }
  const [name, meaning, section] = EXTENSIONS[value] ?? [hex16(value), 'not known here', 'IANA TLS ExtensionType'];
  return { name, meaning, section };
}
