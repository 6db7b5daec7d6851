import { CONNECTION, same, unset } from './zeek-fields.ts';
import type { ZeekLog } from './zeek-log.ts';
import { zeekCipher, zeekCurve, zeekLastAlert, zeekVersion } from './zeek-names.ts';

/** ssl.log: attempts in which something of TLS was readable. JA3, JA3S and JA4 are called what the usual packages for Zeek call them. */
export const SSL: ZeekLog = {
  path: 'ssl',
  holds: { from: ['negotiated.sslHistory'], make: history => typeof history === 'string' && history !== '' },
  fields: [
    ...CONNECTION,
    { name: 'version', type: 'string', from: ['negotiated.version'], make: zeekVersion },
    { name: 'cipher', type: 'string', from: ['negotiated.cipher'], make: zeekCipher },
    { name: 'curve', type: 'string', from: ['negotiated.group'], make: zeekCurve },
    unset('server_name', 'string'),
    unset('resumed', 'bool'),
    {
      name: 'last_alert',
      type: 'string',
      from: ['result.alertsSent', 'result.alertsReceived'],
      make: zeekLastAlert,
    },
    unset('next_protocol', 'string'),
    same('established', 'bool', 'negotiated.established'),
    same('ssl_history', 'string', 'negotiated.sslHistory'),
    unset('cert_chain_fps', 'vector[string]'),
    unset('client_cert_chain_fps', 'vector[string]'),
    unset('sni_matches_cert', 'bool'),
    same('ja3', 'string', 'hello.ja3'),
    same('ja3s', 'string', 'negotiated.ja3s'),
    same('ja4', 'string', 'hello.ja4'),
    same('pinata_target', 'string', 'target'),
    same('pinata_guest_role', 'string', 'guestRole'),
    same('pinata_hello_sha256', 'string', 'hello.helloSha256'),
    same('pinata_outcome', 'string', 'result.outcome'),
    same('pinata_guest_error', 'string', 'result.guestError'),
  ],
};
