import type { ClientBase } from 'pg';
import { type Micros, uuidMillis } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';

const DAY_MS = 86_400_000;
const DAY_US = DAY_MS * 1000;

/** The start of the UTC day whose partition an id belongs to. */
export function dayOfId(id: string): Micros {
  return Math.floor(uuidMillis(id) / DAY_MS) * DAY_US;
}

interface Extent {
  firstSeq: number;
  lastSeq: number;
  lastChange: number;
}

/** What each day holds, for readers who need not look into the others: the numbers of its attempts, and values that are too many to count. */
export async function extendDays(client: ClientBase, records: readonly AttemptRecord[]): Promise<void> {
  await extendNumbers(client, records);
  await extendValues(client, records);
}

async function extendNumbers(client: ClientBase, records: readonly AttemptRecord[]): Promise<void> {
  const extents = [...extentsOf(records)].sort(([a], [b]) => a - b);
  if (extents.length === 0) return;
  await client.query({
    name: 'extend-days',
    text: `
      insert into attempt_day as d (day_us, first_seq, last_seq, last_change)
      select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
      on conflict (day_us) do update set first_seq = least(d.first_seq, excluded.first_seq),
        last_seq = greatest(d.last_seq, excluded.last_seq), last_change = greatest(d.last_change, excluded.last_change)`,
    values: [
      extents.map(([day]) => day),
      extents.map(([, { firstSeq }]) => firstSeq),
      extents.map(([, { lastSeq }]) => lastSeq),
      extents.map(([, { lastChange }]) => lastChange),
    ],
  });
}

function extentsOf(records: readonly AttemptRecord[]): Map<Micros, Extent> {
  const extents = new Map<Micros, Extent>();
  for (const { id, seq, change } of records) {
    const day = dayOfId(id);
    const known = extents.get(day) ?? { firstSeq: seq, lastSeq: seq, lastChange: change };
    extents.set(day, {
      firstSeq: Math.min(known.firstSeq, seq),
      lastSeq: Math.max(known.lastSeq, seq),
      lastChange: Math.max(known.lastChange, change),
    });
  }
  return extents;
}

/** The values that days are found by. Whatever a revision takes back stays noted: at an older snapshot it is still true. */
async function extendValues(client: ClientBase, records: readonly AttemptRecord[]): Promise<void> {
  const seen = new Map<string, { kind: string; value: string; day: Micros }>();
  for (const record of records) {
    const day = dayOfId(record.id);
    for (const [kind, value] of valuesOf(record))
      if (value !== null) seen.set(`${day} ${kind} ${value}`, { kind, value, day });
  }
  if (seen.size === 0) return;
  const sorted = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  await client.query({
    name: 'extend-values',
    text: `
      insert into attempt_value_day (kind, value, day_us) select * from unnest($1::text[], $2::text[], $3::bigint[])
      on conflict do nothing`,
    values: [sorted.map(({ kind }) => kind), sorted.map(({ value }) => value), sorted.map(({ day }) => day)],
  });
}

function valuesOf({ hello, certificate, bootId, result }: AttemptRecord): [kind: string, value: string | null][] {
  return [
    ['ja4', hello?.ja4 ?? null],
    ['spki', certificate.leafSpkiSha256],
    ['boot', bootId],
    ['claim', result.claimTag],
  ];
}
