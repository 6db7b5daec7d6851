import Type, { type Static } from 'typebox';
import type { Queryable } from '../../export/attempt-pages.ts';
import type { Micros } from '../../wire/ids.ts';
import { nullable } from '../../wire/nullable.ts';
import { eventLink, eventTitle } from '../event-words.ts';
import { timeOf } from '../time.ts';

const KINDS = ['boot', 'crash', 'release', 'alarm', 'announcement'] as const;

/** Something that happened at one moment, and explains what the charts show. */
export const Event = Type.Object(
  {
    at: Type.String({ format: 'date-time' }),
    kind: Type.Enum([...KINDS]),
    target: nullable(Type.String()),
    title: Type.String(),
    link: nullable(Type.String({ description: 'page to read on at, below this origin' })),
  },
  { additionalProperties: false, title: 'Event' },
);
export type Event = Static<typeof Event>;

/** `what` says more, depending on the kind; `ref` is the boot or the attempt. */
export interface EventRow {
  readonly at_us: Micros;
  readonly kind: (typeof KINDS)[number];
  readonly id: string;
  readonly target: string | null;
  readonly what: string;
  readonly ref: string | null;
}

/** A span of time; the start is in it, the end is not. Null: open. */
export interface Span {
  readonly fromUs: Micros | null;
  readonly toUs: Micros | null;
}

/** Each kind brings its newest alone, so that a long history costs nothing. */
const ONE_KIND = `where ($1::bigint is null or at_us >= $1) and ($2::bigint is null or at_us < $2) order by at_us desc limit $3`;
const SOURCES = [
  `select started_us as at_us, 'boot' as kind, id::text, target, reason as what, id::text as ref from boot`,
  `select ended_us, 'crash', id::text, target, '', id::text from boot where end_reason = 'crash'`,
  `select raised_us, case kind when 'released' then 'release' else 'alarm' end, id::text, target, kind, attempt_id::text from alarm`,
  `select at_us, 'announcement', id::text, null, text, null from announcement where withdrawn_us is null`,
];
const QUERY = `${SOURCES.map(source => `(select * from (${source}) one(at_us, kind, id, target, what, ref) ${ONE_KIND})`).join(' union all ')}
  order by at_us desc, kind, id limit $3`;

/** What happened, newest first, as rows. */
export function readEventRows(database: Queryable, { fromUs, toUs }: Span, limit: number): Promise<EventRow[]> {
  return database.query<EventRow>(QUERY, [fromUs, toUs, limit]);
}

/** The same as it is published. */
export async function readEvents(database: Queryable, span: Span, limit: number): Promise<Event[]> {
  return (await readEventRows(database, span, limit)).map(row => ({
    at: timeOf(row.at_us),
    kind: row.kind,
    target: row.target,
    title: eventTitle(row),
    link: eventLink(row),
  }));
}
