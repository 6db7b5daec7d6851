import type { ClientBase } from 'pg';

const DAY_MS = 86_400_000;
/** PostgreSQL's code when the default partition already holds rows of the range. */
const CHECK_VIOLATION = '23514';

/** One day of attempts: UUIDv7 ids from `from` up to and without `to`. */
export interface DayPartition {
  name: string;
  from: string;
  to: string;
}

/** The partition of the UTC day that `unixMs` lies in. */
export function dayPartition(unixMs: number): DayPartition {
  const start = Math.floor(unixMs / DAY_MS) * DAY_MS;
  const day = new Date(start).toISOString().slice(0, 10).replaceAll('-', '');
  return { name: `attempt_${day}`, from: lowestUuid(start), to: lowestUuid(start + DAY_MS) };
}

/** A UUIDv7's first 48 bits are its milliseconds (RFC 9562 §5.7); all zeros after them sort before every id of that time. */
function lowestUuid(unixMs: number): string {
  const hex = unixMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/**
 * Makes the partitions of today and tomorrow if they are missing, and returns the names it made. A day whose rows already went
 * to the default partition stays there.
 */
export async function ensurePartitions(client: ClientBase, nowMs: number): Promise<string[]> {
  const made: string[] = [];
  for (const { name, from, to } of [dayPartition(nowMs), dayPartition(nowMs + DAY_MS)]) {
    const { rowCount } = await client.query('select from pg_class where relname = $1', [name]);
    if (rowCount) continue;
    try {
      await client.query(
        `create table if not exists ${name} partition of attempt for values from ('${from}') to ('${to}')`,
      );
      made.push(name);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION)) throw error;
    }
  }
  return made;
}
