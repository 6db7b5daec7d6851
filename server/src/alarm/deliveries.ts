import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Micros } from '../wire/ids.ts';
import { alarmMessage, type Sender, type WebhookMessage } from './message.ts';

/** Alarms from before this are history: a webhook that is set up later is not told of them. */
const TOLD_WITHIN_US = 86_400_000_000;

/** One message on its way. */
export interface Delivery {
  readonly id: string;
  readonly body: string;
  readonly tries: number;
}

type Database = Pick<Pool, 'query'>;

interface UntoldAlarm {
  id: string;
  kind: string;
  raisedUs: string;
  target: string | null;
  attemptId: string | null;
}

/** Makes a delivery of each alarm that has none. May be repeated. */
export async function enqueueAlarms(pool: Database, sender: Sender, nowUs: Micros): Promise<void> {
  const { rows } = await pool.query<UntoldAlarm>(
    `select a.id, a.kind, a.raised_us as "raisedUs", a.target, a.attempt_id as "attemptId" from alarm a
     where a.raised_us > $1 and not exists (select from webhook_delivery d where d.alarm_id = a.id) order by a.id`,
    [nowUs - TOLD_WITHIN_US],
  );
  for (const row of rows) {
    await putDelivery(
      pool,
      alarmMessage({ ...row, raisedUs: Number(row.raisedUs) }, sender),
      { nowUs, nextUs: nowUs },
      row.id,
    );
  }
}

/** Puts a message on its way, once for an alarm. Gives its id. */
export async function putDelivery(
  pool: Database,
  message: WebhookMessage,
  at: { readonly nowUs: Micros; readonly nextUs: Micros },
  alarmId: string | null = null,
): Promise<string> {
  const id = `msg_${randomUUID()}`;
  await pool.query(
    `insert into webhook_delivery (id, alarm_id, body, made_us, next_us) values ($1, $2, $3, $4, $5)
     on conflict (alarm_id) do nothing`,
    [id, alarmId, JSON.stringify(message), at.nowUs, at.nextUs],
  );
  return id;
}

/** What is to be tried now; what was tried least comes first, so that what fails for hours is in nobody's way. */
export async function dueDeliveries(pool: Database, nowUs: Micros): Promise<Delivery[]> {
  const { rows } = await pool.query<Delivery>(
    `select id, body, tries from webhook_delivery
     where delivered_us is null and gave_up_us is null and next_us <= $1 order by tries, made_us, id limit 20`,
    [nowUs],
  );
  return rows;
}

/** A try succeeded: there will be no other. */
export async function markDelivered(pool: Database, id: string, nowUs: Micros, answer: string): Promise<void> {
  await pool.query('update webhook_delivery set tries = tries + 1, delivered_us = $2, last_answer = $3 where id = $1', [
    id,
    nowUs,
    answer,
  ]);
}

/** A try failed. `nextUs` null: it was the last. */
export async function markFailed(
  pool: Database,
  id: string,
  at: { readonly nowUs: Micros; readonly nextUs: Micros | null },
  answer: string,
): Promise<void> {
  await pool.query(
    `update webhook_delivery set tries = tries + 1, next_us = coalesce($2, next_us), gave_up_us = $3, last_answer = $4
     where id = $1`,
    [id, at.nextUs, at.nextUs === null ? at.nowUs : null, answer],
  );
}

/** How deliveries stand, for the organisers. */
export interface DeliveryState {
  readonly waiting: number;
  readonly delivered: number;
  readonly gaveUp: number;
  readonly lastAnswer: string | null;
}

export async function deliveryState(pool: Database): Promise<DeliveryState> {
  const { rows } = await pool.query<DeliveryState>(
    `select count(*) filter (where delivered_us is null and gave_up_us is null)::int as waiting,
       count(delivered_us)::int as delivered, count(gave_up_us)::int as "gaveUp",
       (select last_answer from webhook_delivery where tries > 0 order by made_us desc limit 1) as "lastAnswer"
     from webhook_delivery`,
  );
  return rows[0] ?? { waiting: 0, delivered: 0, gaveUp: 0, lastAnswer: null };
}
