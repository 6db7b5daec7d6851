import pg from 'pg';
import type { Logger } from 'pino';
import { PinataError } from '../errors.ts';
import type { Queryable } from '../export/attempt-pages.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const INT8_OID = 20;

export interface Database extends Queryable {
  stop(): Promise<void>;
}

/**
 * The read-only pool. Connects when first asked; a database that does not answer gives DATABASE_UNAVAILABLE, and the next call
 * tries again.
 */
export function openDatabase(url: string, connections: number, log: Pick<Logger, 'warn'>): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
    application_name: 'pinata-api',
    types: { getTypeParser: numbersForBigints },
  });
  // Without a listener, the loss of an idle connection would end the process.
  pool.on('error', error => log.warn({ reason: error.message }, 'a database connection was lost'));
  let stopped: Promise<void> | undefined;
  return {
    async query<T extends object>(text: string, values: readonly unknown[] = []): Promise<T[]> {
      try {
        return (await pool.query<T>(text, [...values])).rows;
      } catch (error) {
        throw asPinataError(error);
      }
    },
    stop: () => {
      stopped ??= pool.end();
      return stopped;
    },
  };
}

/** Every bigint in the schema is a count or microseconds: below 2^53. */
const numbersForBigints: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8_OID && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text');

/**
 * SQLSTATE classes of a server that cannot serve: 08 connection, 28 authorisation, 3D no such database, 42P01 tables not made yet,
 * 42501 not granted yet, 53 resources, 57 operator. Errors without a SQLSTATE come from the socket.
 */
const UNAVAILABLE = /^(08...|28...|3D...|42P01|42501|53...|57...)$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const STATEMENT_TIMED_OUT = '57014';

function asPinataError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === STATEMENT_TIMED_OUT) return new PinataError('OVERLOADED', {}, { cause: error });
  if (UNAVAILABLE.test(code) || !SQLSTATE.test(code))
    return new PinataError('DATABASE_UNAVAILABLE', {}, { cause: error });
  return error;
}
