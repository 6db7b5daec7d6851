import { type Database, openDatabase } from '../api/database.ts';
import type { Config } from '../config.ts';
import { PinataError } from '../errors.ts';
import { knownPassword } from '../up/postgres-cluster.ts';
import { READER } from '../up/postgres-roles.ts';

const CONNECTIONS = 2;
const DATABASE = 'pinata';

/** The running installation's database, with the api's role, which only reads. Throws NOT_RUNNING, or USAGE for who may not know its password. */
export async function openReaderDatabase(config: Config): Promise<Database> {
  return openDatabase(await readerUrl(config), CONNECTIONS, { warn: () => undefined });
}

async function readerUrl({ settings, layout }: Config): Promise<string> {
  if (settings.PINATA_API_DATABASE_URL !== '') return settings.PINATA_API_DATABASE_URL;
  const password = await knownPassword(layout.postgres, READER).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES') throw error;
    const why = `Only root and the user of ${layout.postgres} may read this installation's database.`;
    throw new PinataError('USAGE', { why });
  });
  if (password === null) throw new PinataError('NOT_RUNNING', { address: layout.postgres });
  return `postgresql://${READER}:${password}@127.0.0.1:${settings.PINATA_POSTGRES_PORT}/${DATABASE}`;
}
