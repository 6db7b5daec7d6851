import Type, { type Static } from 'typebox';
import { attemptRows, type Queryable } from '../../export/attempt-pages.ts';
import { nullable } from '../../wire/nullable.ts';
import { timeOf, timeOrNull } from '../time.ts';

const closed = { additionalProperties: false } as const;

/** What every list and every number is to be read with. */
export const Meta = Type.Object(
  {
    generatedAt: Type.String({ format: 'date-time' }),
    /** The log's newest `change`. */
    change: Type.Integer(),
    completeUntil: nullable(
      Type.String({ format: 'date-time', description: 'facts up to here have been read from both spools' }),
    ),
    lost: Type.Integer({ description: 'facts and guest events that are known to be missing, in all' }),
    classifier: nullable(Type.Object({ version: Type.Integer(), sha256: Type.String() }, closed)),
    geoDb: nullable(Type.String()),
  },
  { ...closed, title: 'Meta' },
);
export type Meta = Static<typeof Meta>;

interface MetaRow {
  change: number;
  complete_us: number | null;
  lost: number;
}

interface NewestRow {
  classifier: Meta['classifier'];
  geo_db: string | null;
}

const NEWEST_COLUMNS = `seq, record #> '{result,classifier}' as classifier, record #>> '{source,geoDb}' as geo_db`;

/** Reads the state of the log. Classifier and country database are those of the newest row. */
export async function readMeta(database: Queryable, now: () => number = Date.now): Promise<Meta> {
  const [[row], [newest]] = await Promise.all([
    database.query<MetaRow>(`
      select counter.change,
        (select min(beat_us) from spool_position) as complete_us,
        (select coalesce(sum(lost), 0)::bigint from spool_position)
          + (select coalesce(sum(lost_events), 0)::bigint from boot) as lost
      from counter`),
    attemptRows<NewestRow>(database, NEWEST_COLUMNS, { filter: {}, order: 'desc', limit: 1, snapshot: null }),
  ]);
  return {
    generatedAt: timeOf(now() * 1000),
    change: row?.change ?? 0,
    completeUntil: timeOrNull(row?.complete_us),
    lost: row?.lost ?? 0,
    classifier: newest?.classifier ?? null,
    geoDb: newest?.geo_db ?? null,
  };
}

/** The newest `change`: the snapshot that an export is of unless it names another. */
export async function newestChange(database: Queryable): Promise<number> {
  const [row] = await database.query<{ change: number }>('select change from counter');
  return row?.change ?? 0;
}
