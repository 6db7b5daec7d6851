import { CONNECTION, same, unset } from './zeek-fields.ts';
import type { ZeekLog } from './zeek-log.ts';

/** Whoever opened the connection that carried the bytes: in a callback that is us. */
const isOurs = (channel: unknown): boolean => channel === 'callback';

/** conn.log: every attempt has a line. */
export const CONN: ZeekLog = {
  path: 'conn',
  holds: { from: [], make: () => true },
  fields: [
    ...CONNECTION,
    { name: 'proto', type: 'enum', from: [], make: () => 'tcp' },
    {
      name: 'service',
      type: 'string',
      from: ['negotiated.sslHistory'],
      make: history => (history === '' ? null : 'ssl'),
    },
    unset('duration', 'interval'),
    {
      name: 'orig_bytes',
      type: 'count',
      from: ['channel', 'transport.bytesIn', 'transport.bytesOut'],
      make: (channel, bytesIn, bytesOut) => (isOurs(channel) ? bytesOut : bytesIn),
    },
    {
      name: 'resp_bytes',
      type: 'count',
      from: ['channel', 'transport.bytesIn', 'transport.bytesOut'],
      make: (channel, bytesIn, bytesOut) => (isOurs(channel) ? bytesIn : bytesOut),
    },
    {
      name: 'conn_state',
      type: 'string',
      from: ['channel', 'transport.connState'],
      make: (channel, state) => (isOurs(channel) ? turned(state) : state),
    },
    unset('local_orig', 'bool'),
    unset('local_resp', 'bool'),
    unset('missed_bytes', 'count'),
    unset('history', 'string'),
    unset('orig_pkts', 'count'),
    unset('orig_ip_bytes', 'count'),
    unset('resp_pkts', 'count'),
    unset('resp_ip_bytes', 'count'),
    unset('tunnel_parents', 'set[string]'),
    same('pinata_seq', 'count', 'seq'),
    same('pinata_target', 'string', 'target'),
    same('pinata_channel', 'string', 'channel'),
    same('pinata_depth', 'count', 'result.depth'),
    same('pinata_outcome', 'string', 'result.outcome'),
    same('pinata_primary_class', 'string', 'result.primaryClass'),
    {
      name: 'pinata_classes',
      type: 'vector[string]',
      from: ['result.classes'],
      make: classes => (Array.isArray(classes) ? classes.map(({ id }) => id) : null),
    },
    same('pinata_country', 'string', 'source.country'),
    same('pinata_src_token', 'string', 'source.srcToken'),
    same('pinata_self_test', 'bool', 'result.selfTest'),
  ],
};

/** The record takes the attacker for the originator; a reset of the one is then one of the other. */
function turned(state: unknown): unknown {
  if (state === 'RSTO') return 'RSTR';
  return state === 'RSTR' ? 'RSTO' : state;
}
