import type { GuestTold } from '../wire/facts.ts';

/** What opens the handshake of one TLS 1.3 session, and nothing after it. All hex. */
export interface HandshakeSecrets {
  clientRandom: string;
  client: string;
  server: string;
}

const CLIENT_RANDOM = /^[0-9a-f]{64}$/;
/** As long as the hash of the cipher suite: SHA-256 or SHA-384. */
const SECRET = /^(?:[0-9a-f]{64}|[0-9a-f]{96})$/;

/** The secrets that a guest told. The first count, as there is one handshake; null where there are none or they cannot be any. */
export function secretsOf(told: readonly GuestTold[]): HandshakeSecrets | null {
  for (const { event } of told) {
    if (event.kind !== 'handshake_secrets' || event.client === null || event.server === null) continue;
    const { clientRandom, client, server } = event;
    const wellFormed = CLIENT_RANDOM.test(clientRandom) && SECRET.test(client) && SECRET.test(server);
    return wellFormed ? { clientRandom, client, server } : null;
  }
  return null;
}

/** The same event without the secrets: that there were some stays. They have a place of their own, and another end. */
export function withoutSecrets(told: GuestTold): GuestTold {
  const { event } = told;
  return event.kind === 'handshake_secrets' ? { ...told, event: { ...event, client: null, server: null } } : told;
}

/**
 * A key log of the two handshake secrets (RFC 9850): the labels that may leave the house are written here and nowhere else, so that no
 * secret of application data can come under its own.
 */
export function keyLogOf({ clientRandom, client, server }: HandshakeSecrets): string {
  return [
    `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${clientRandom} ${client}\n`,
    `SERVER_HANDSHAKE_TRAFFIC_SECRET ${clientRandom} ${server}\n`,
  ].join('');
}
