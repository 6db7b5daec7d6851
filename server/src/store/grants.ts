import type { ClientBase } from 'pg';

/** The role of the api: reads everything but what is private. `up` or the administrator makes it; it may be missing in tests. */
export const READER_ROLE = 'pinata_api';

const PRIVATE_TABLES = ['attempt_private', 'handshake_secret', 'ban', 'webhook_delivery', '_prisma_migrations'];

/** Gives the reader role what it may see and takes everything else. True if the role exists. May be repeated. */
export async function grantReader(client: ClientBase): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [READER_ROLE]);
  if (!rowCount) return false;
  await client.query(`
    begin;
    grant usage on schema public to ${READER_ROLE};
    revoke all on all tables in schema public from ${READER_ROLE};
    grant select on all tables in schema public to ${READER_ROLE};
    revoke all on ${PRIVATE_TABLES.join(', ')} from ${READER_ROLE};
    commit;
  `);
  return true;
}
