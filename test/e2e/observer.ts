import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { unpackFacts } from '../../server/src/ingest/attempt-facts.ts';
import { until } from '../../server/src/testing/until.ts';
import type { GuestEvent } from '../../server/src/wire/guest-event.ts';
import type { AttemptRecord } from '../../server/src/wire/record.ts';
import type { Installation } from './installation.ts';
import type { Source } from './peers/line.ts';

const ROW_DEADLINE_MS = 60_000;

/** One attempt as the operator sees it: the whole record, what the guest told of it, and what the attacker said. */
export interface Observed {
  readonly record: AttemptRecord;
  readonly events: readonly GuestEvent[];
  readonly said: Buffer;
}

/** One boot of a target, with the supervisor's own times. */
export interface Boot {
  readonly id: string;
  readonly reason: string;
  readonly endReason: string | null;
  /** Microseconds since 1970, as PostgreSQL's driver gives a bigint. */
  readonly readyUs: string | null;
  readonly endedUs: string | null;
  readonly lostEvents: string;
}

/** Reads an installation's database as its owner: there, and only there, an attempt can be found by where it came from. */
export class Observer {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open({ data, ports }: Installation): Promise<Observer> {
    const password = readFileSync(join(data, 'postgres', 'pinata.password'), 'utf8').trim();
    const client = new pg.Client({
      host: '127.0.0.1',
      port: ports.postgres,
      user: 'pinata',
      password,
      database: 'pinata',
    });
    // Where the server is killed, the next question finds out.
    client.on('error', () => undefined);
    await client.connect();
    return new Observer(client);
  }

  /** Waits until the attempt that came from there is published, and, if wanted, until its record is as it should be. */
  async attempt(source: Source, isSettled: (observed: Observed) => boolean = () => true): Promise<Observed> {
    let found: Observed | null = null;
    await until(
      `the attempt from ${source.ip}:${source.port} is a row`,
      async () => {
        found = await this.#find(source);
        return found !== null && isSettled(found);
      },
      ROW_DEADLINE_MS,
      () => (found ? JSON.stringify([found.record.result, found.events.map(({ kind }) => kind)]) : 'nothing'),
    );
    if (!found) throw new Error('unreachable');
    return found;
  }

  /** The boots of a target, oldest first. */
  async boots(target: string): Promise<Boot[]> {
    const { rows } = await this.#client.query<Boot>(
      `select id, reason, end_reason as "endReason", ready_us as "readyUs", ended_us as "endedUs", lost_events as "lostEvents"
       from boot where target = $1 order by id`,
      [target],
    );
    return rows;
  }

  /** How many attempts from a network (CIDR) came to which outcome. */
  async outcomesFrom(network: string): Promise<Record<string, number>> {
    const { rows } = await this.#client.query<{ outcome: string; attempts: number }>(
      `select outcome, count(*)::int as attempts from attempt_private join attempt using (id)
       where src_ip <<= $1::inet and superseded_change is null group by outcome`,
      [network],
    );
    return Object.fromEntries(rows.map(({ outcome, attempts }) => [outcome, attempts]));
  }

  /** Connections that were counted because they came above the rate. */
  async refusals(): Promise<number> {
    const { rows } = await this.#client.query<{ attempts: number }>(
      'select coalesce(sum(attempts), 0)::int as attempts from refusal',
    );
    return rows[0]?.attempts ?? 0;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #find({ ip, port, sinceUs }: Source): Promise<Observed | null> {
    const { rows } = await this.#client.query<{ id: string; record: AttemptRecord; transcript: Buffer }>(
      `select id, record, transcript from attempt_private join attempt using (id) join attempt_evidence using (id)
       where src_ip = $1 and src_port = $2 and started_us >= $3 and superseded_change is null`,
      [ip, port, sinceUs],
    );
    const [row] = rows;
    if (!row) return null;
    const { guest, gateway } = unpackFacts(row.id, row.transcript);
    const said = gateway.flatMap(fact =>
      fact.kind === 'data' && fact.dir === 'in' ? [Buffer.from(fact.bytes, 'base64')] : [],
    );
    return { record: row.record, events: guest.map(({ event }) => event), said: Buffer.concat(said) };
  }
}
