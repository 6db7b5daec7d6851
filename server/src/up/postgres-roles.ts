import pg from 'pg';

/** Writes, and owns the database of the same name. */
export const OWNER = 'pinata';
/** Reads what `ingest` grants it after its migrations. */
export const READER = 'pinata_api';

/** Makes the two roles and the database, or sets the passwords again. `url` is the superuser's, on database `postgres`. */
export async function createRoles(url: string, passwords: { owner: string; reader: string }): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await setRole(client, OWNER, passwords.owner);
    await setRole(client, READER, passwords.reader);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [OWNER]);
    if (rowCount === 0) await client.query(`create database ${OWNER} owner ${OWNER}`);
    await client.query(`revoke all on database ${OWNER} from public`);
    await client.query(`grant connect on database ${OWNER} to ${READER}`);
  } finally {
    await client.end();
  }
}

async function setRole(client: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${role} login password ${client.escapeLiteral(password)}`);
}
