import { same, unset } from './zeek-fields.ts';
import type { ZeekLog } from './zeek-log.ts';

/**
 * x509.log: attempts in which the attacker showed a certificate; one line for its chain. What is in certificates is not public, and neither is
 * the hash that Zeek joins by: `pinata_uid` is the `uid` of the other logs.
 */
export const X509: ZeekLog = {
  path: 'x509',
  holds: { from: ['certificate.presented'], make: presented => presented === true },
  fields: [
    same('ts', 'time', 'startedAt'),
    unset('fingerprint', 'string'),
    unset('certificate.version', 'count'),
    unset('certificate.serial', 'string'),
    unset('certificate.subject', 'string'),
    unset('certificate.issuer', 'string'),
    unset('certificate.not_valid_before', 'time'),
    unset('certificate.not_valid_after', 'time'),
    unset('certificate.key_alg', 'string'),
    unset('certificate.sig_alg', 'string'),
    unset('certificate.key_type', 'string'),
    unset('certificate.key_length', 'count'),
    unset('certificate.exponent', 'string'),
    unset('certificate.curve', 'string'),
    unset('san.dns', 'vector[string]'),
    unset('san.uri', 'vector[string]'),
    unset('san.email', 'vector[string]'),
    unset('san.ip', 'vector[addr]'),
    unset('basic_constraints.ca', 'bool'),
    unset('basic_constraints.path_len', 'count'),
    { name: 'host_cert', type: 'bool', from: ['guestRole'], make: role => role === 'client' },
    { name: 'client_cert', type: 'bool', from: ['guestRole'], make: role => role === 'server' },
    same('pinata_uid', 'string', 'id'),
    same('pinata_chain_length', 'count', 'certificate.chainLength'),
    same('pinata_chain_sha256', 'string', 'certificate.chainSha256'),
    same('pinata_spki_sha256', 'string', 'certificate.leafSpkiSha256'),
    same('pinata_chain_result', 'string', 'certificate.chainResult'),
    same('pinata_verify_scheme', 'count', 'certificate.verifyScheme'),
    same('pinata_verify_ok', 'bool', 'certificate.verifyOk'),
  ],
};
