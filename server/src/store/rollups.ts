import type { ClientBase } from 'pg';
import type { AttemptRecord } from '../wire/record.ts';

const MINUTE_US = 60_000_000;

/** Counts by minute, target, channel, outcome, depth and self-test, gathered before they are written. Pure until then. */
export class RollupChanges {
  readonly #changes = new Map<string, { key: RollupKey; attempts: number }>();

  /** A revision takes the place of `before`, or a new attempt comes. */
  replace(before: AttemptRecord | null, after: AttemptRecord): void {
    if (before) this.#add(before, -1);
    this.#add(after, 1);
  }

  async write(client: ClientBase): Promise<void> {
    const changes = [...this.#changes.values()].filter(({ attempts }) => attempts !== 0);
    if (changes.length === 0) return;
    // In one order always, so that writers can never wait for each other in a circle.
    changes.sort((a, b) => (a.key.text < b.key.text ? -1 : 1));
    await client.query({
      name: 'write-rollups',
      text: `
        insert into rollup_minute (minute_us, target, channel, outcome, depth, self_test, attempts)
        select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::boolean[], $7::bigint[])
        on conflict (minute_us, target, channel, outcome, depth, self_test)
        do update set attempts = rollup_minute.attempts + excluded.attempts`,
      values: [
        changes.map(({ key }) => key.minuteUs),
        changes.map(({ key }) => key.target),
        changes.map(({ key }) => key.channel),
        changes.map(({ key }) => key.outcome),
        changes.map(({ key }) => key.depth),
        changes.map(({ key }) => key.selfTest),
        changes.map(({ attempts }) => attempts),
      ],
    });
  }

  #add(record: AttemptRecord, count: number): void {
    const key = keyOf(record);
    const change = this.#changes.get(key.text);
    if (change) change.attempts += count;
    else this.#changes.set(key.text, { key, attempts: count });
  }
}

interface RollupKey {
  text: string;
  minuteUs: number;
  target: string;
  channel: string;
  outcome: string;
  depth: number;
  selfTest: boolean;
}

function keyOf({ startedUs, target, channel, result }: AttemptRecord): RollupKey {
  const { outcome, depth, selfTest } = result;
  const minuteUs = Math.floor(startedUs / MINUTE_US) * MINUTE_US;
  return {
    text: JSON.stringify([minuteUs, target, channel, outcome, depth, selfTest]),
    minuteUs,
    target,
    channel,
    outcome,
    depth,
    selfTest,
  };
}
