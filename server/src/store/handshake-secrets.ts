import type { ClientBase, Pool } from 'pg';
import type { HandshakeSecrets } from '../evidence/handshake-secrets.ts';
import type { AttemptId, Micros } from '../wire/ids.ts';

/** What is known of the end of connections, in the gateway's time. */
export interface LegTimes {
  /** Every connection that was accepted before it has ended. */
  settledUs: Micros;
  /** The newest that was read. */
  latestUs: Micros;
}

/** Stores secrets, held back at first. What is stored of an attempt stays. */
export async function storeSecrets(
  client: ClientBase,
  told: readonly ({ id: AttemptId } & HandshakeSecrets)[],
): Promise<void> {
  if (told.length === 0) return;
  await client.query({
    name: 'store-secrets',
    text: `
      insert into handshake_secret (id, client_random, client, server)
      select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) on conflict (id) do nothing`,
    values: [
      told.map(({ id }) => id),
      told.map(({ clientRandom }) => clientRandom),
      told.map(({ client: secret }) => secret),
      told.map(({ server }) => server),
    ],
  });
}

/** Two processes on one machine write their beats this far apart at most. */
const BEAT_SLACK_US = 2_000_000;

/**
 * Marks those secrets as published whose session can have no leg left. A session that is relayed is two connections with the same
 * secrets; the other one was open when this one ended, or it never had them. So all that were open then are waited for, whatever
 * their session is. Returns how many were published now.
 *
 * An attempt is stored after its end, so that the newest time at the first call that finds it is later than that.
 */
export async function publishSecrets(
  pool: Pick<Pool, 'query'>,
  { settledUs, latestUs }: LegTimes,
  nowUs: Micros,
): Promise<number> {
  const { rowCount } = await pool.query(
    'update handshake_secret set published_us = $2 where published_us is null and ended_us < $1',
    [settledUs - BEAT_SLACK_US, nowUs],
  );
  await pool.query('update handshake_secret set ended_us = $1 where published_us is null and ended_us is null', [
    latestUs,
  ]);
  return rowCount ?? 0;
}
