import type { Queryable } from '../../export/attempt-pages.ts';

export interface ComponentRow {
  name: string;
  state: string;
  beat_us: number;
}

export interface AlarmRow {
  raised_us: number;
  kind: string;
  target: string | null;
  attempt_id: string | null;
}

const ALARMS_SHOWN = 20;

/** The last sign of life of each process, as ingest sees it. */
export function readComponents(database: Queryable): Promise<ComponentRow[]> {
  return database.query<ComponentRow>('select name, state, beat_us from component order by name');
}

/** The newest alarms. */
export function readAlarms(database: Queryable): Promise<AlarmRow[]> {
  return database.query<AlarmRow>(
    `select raised_us, kind, target, attempt_id from alarm order by id desc limit ${ALARMS_SHOWN}`,
  );
}
