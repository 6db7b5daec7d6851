import type { ClientBase } from 'pg';
import type { BootId } from '../wire/ids.ts';
import type { Alarm, ComponentBeat, RefusalCount, SpoolProgress } from './publication.ts';

/** Takes the writer's counters for this transaction. One writer at a time gets past here, which keeps `seq` free of gaps. */
export async function takeCounters(client: ClientBase): Promise<{ seq: number; change: number }> {
  const { rows } = await client.query<{ seq: string; change: string }>('select seq, change from counter for update');
  const [counter] = rows;
  if (!counter) throw new Error('the table counter is empty');
  return { seq: Number(counter.seq), change: Number(counter.change) };
}

export async function putCounters(client: ClientBase, counters: { seq: number; change: number }): Promise<void> {
  await client.query('update counter set seq = $1, change = $2', [counters.seq, counters.change]);
}

interface ProgressRow {
  spool: string;
  epoch: string;
  position: string;
  head: string;
  beatUs: string;
  lost: string;
}

/** How far each spool has been taken. */
export async function readProgress(client: Pick<ClientBase, 'query'>): Promise<SpoolProgress[]> {
  const { rows } = await client.query<ProgressRow>(
    'select spool, epoch, position, head, beat_us as "beatUs", lost from spool_position',
  );
  return rows.map(({ spool, epoch, position, head, beatUs, lost }) => ({
    spool,
    epoch,
    position: Number(position),
    head: Number(head),
    beatUs: Number(beatUs),
    lost: Number(lost),
  }));
}

export async function putProgress(client: ClientBase, progress: readonly SpoolProgress[]): Promise<void> {
  if (progress.length === 0) return;
  await client.query(
    `insert into spool_position (spool, epoch, position, head, beat_us, lost)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     on conflict (spool) do update set epoch = excluded.epoch, position = excluded.position, head = excluded.head,
       beat_us = excluded.beat_us, lost = excluded.lost`,
    [
      progress.map(({ spool }) => spool),
      progress.map(({ epoch }) => epoch),
      progress.map(({ position }) => position),
      progress.map(({ head }) => head),
      progress.map(({ beatUs }) => beatUs),
      progress.map(({ lost }) => lost),
    ],
  );
}

export async function addRefusals(client: ClientBase, refusals: readonly RefusalCount[]): Promise<void> {
  for (const { minuteUs, target, channel, srcToken, attempts } of refusals) {
    await client.query({
      name: 'add-refusal',
      text: `
        insert into refusal (minute_us, target, channel, src_token, attempts) values ($1, $2, $3, $4, $5)
        on conflict (minute_us, target, channel, src_token) do update set attempts = refusal.attempts + excluded.attempts`,
      values: [minuteUs, target, channel, srcToken, attempts],
    });
  }
}

export async function addGuestLost(
  client: ClientBase,
  lost: readonly { bootId: BootId; count: number }[],
): Promise<void> {
  for (const { bootId, count } of lost) {
    await client.query('update boot set lost_events = lost_events + $2 where id = $1', [bootId, count]);
  }
}

/** Raises alarms, each kind once for an attempt or a cause. Returns those that are new. */
export async function raiseAlarms(client: ClientBase, alarms: readonly Alarm[]): Promise<Alarm[]> {
  const raised: Alarm[] = [];
  for (const alarm of alarms) {
    const { rowCount } = await client.query(
      `insert into alarm (raised_us, kind, target, attempt_id, detail, cause) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [alarm.raisedUs, alarm.kind, alarm.target, alarm.attemptId, alarm.detail, alarm.cause ?? null],
    );
    if (rowCount) raised.push(alarm);
  }
  return raised;
}

export async function putComponents(client: ClientBase, components: readonly ComponentBeat[]): Promise<void> {
  if (components.length === 0) return;
  await client.query(
    `insert into component (name, state, beat_us, detail)
     select * from unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[])
     on conflict (name) do update set state = excluded.state, beat_us = excluded.beat_us, detail = excluded.detail`,
    [
      components.map(({ name }) => name),
      components.map(({ state }) => state),
      components.map(({ beatUs }) => beatUs),
      components.map(({ detail }) => JSON.stringify(detail)),
    ],
  );
}
