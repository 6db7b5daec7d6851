import type { Fields } from './channel-fields.ts';
import { ChannelError } from './channel-frames.ts';
import type { GuestEvent } from './guest-event.ts';

const CHAIN_MAX_BYTES = 16_384;
const CHAIN_MAX_CERTIFICATES = 1024;
const U16 = 0xffff;
const U8 = 0xff;

type Detail = GuestEvent extends infer E ? (E extends GuestEvent ? Omit<E, 'us'> : never) : never;

/** The fields that follow an event's kind, and nothing else. Throws ChannelError. */
const READERS: { [K in GuestEvent['kind']]: (fields: Fields) => Omit<Extract<Detail, { kind: K }>, 'kind'> } = {
  accepted: fields => ({ port: fields.uint('port', U16) }),
  preface_bad: fields => ({
    port: fields.uint('port', U16),
    reason: fields.oneOf('reason', ['form', 'mac', 'replay', 'timeout']),
  }),
  client_hello: () => ({}),
  hello_retry: () => ({}),
  server_flight: () => ({}),
  certificate: fields => ({
    chain: readChain(fields.list('chain', 0, CHAIN_MAX_CERTIFICATES)),
    sha256: fields.hex('sha256', 32),
    count: fields.uint('count', U16),
  }),
  chain_ok: () => ({}),
  chain_rejected: fields => ({ reason: fields.text('reason') }),
  possession_ok: fields => ({ scheme: fields.uint('scheme', U16) }),
  possession_rejected: fields => ({ scheme: fields.uint('scheme', U16), reason: fields.text('reason') }),
  finished: fields => ({ suite: fields.uint('suite', U16), group: fields.uint('group', U16) }),
  released: fields => ({ bytes: fields.uint('bytes'), peerIsSelf: fields.bool('self') }),
  alert_sent: fields => ({ code: fields.uint('code', U8) }),
  alert_received: fields => ({ code: fields.uint('code', U8) }),
  limit: fields => ({
    which: fields.oneOf('which', [
      'places',
      'handshake',
      'release',
      'bytes',
      'chain',
      'signatures',
      'memory',
      'lifetime',
    ]),
  }),
  tls_error: fields => ({ what: fields.text('what') }),
  closed: fields => ({ by: fields.oneOf('by', ['peer', 'guest', 'reset', 'timeout']) }),
  handshake_secrets: fields => ({
    clientRandom: fields.hex('client_random', 32),
    client: fields.hex('client', 32),
    server: fields.hex('server', 32),
  }),
  session_tag: fields => ({ tag: fields.hex('tag', 32) }),
};

const KINDS = Object.keys(READERS) as GuestEvent['kind'][];

/** Reads the rest of an event's body, after its `id`. Throws ChannelError. */
export function readEvent(fields: Fields): GuestEvent {
  const us = fields.uint('us');
  const kind = fields.oneOf('kind', KINDS);
  const event = { us, kind, ...READERS[kind](fields) } as GuestEvent;
  fields.end();
  return event;
}

function readChain(certificates: readonly unknown[]): string[] {
  let room = CHAIN_MAX_BYTES;
  return certificates.map(certificate => {
    if (!(certificate instanceof Uint8Array) || certificate.length > room) {
      throw new ChannelError(`event.chain is not ${CHAIN_MAX_BYTES} bytes of certificates at most`);
    }
    room -= certificate.length;
    return Buffer.from(certificate).toString('base64');
  });
}
