import Type, { type Static } from 'typebox';
import type { Queryable } from '../../export/attempt-pages.ts';
import { timeOf, timeOrNull } from '../time.ts';

const SHOWN_MAX = 5;

/** What the organisers say on every page. */
export const Announcement = Type.Object(
  {
    id: Type.Integer(),
    at: Type.String({ format: 'date-time' }),
    until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    text: Type.String({ maxLength: 500 }),
  },
  { additionalProperties: false, title: 'Announcement' },
);
export type Announcement = Static<typeof Announcement>;

/** Those that are shown now, the newest first. */
export async function readAnnouncements(database: Queryable, now: () => number = Date.now): Promise<Announcement[]> {
  const rows = await database.query<{ id: number; at_us: number; until_us: number | null; text: string }>(
    `select id, at_us, until_us, text from announcement
     where withdrawn_us is null and coalesce(until_us > $1, true) order by id desc limit ${SHOWN_MAX}`,
    [now() * 1000],
  );
  return rows.map(({ id, at_us, until_us, text }) => ({ id, at: timeOf(at_us), until: timeOrNull(until_us), text }));
}
