import type { ClientBase } from 'pg';
import type { AttemptRecord } from '../wire/record.ts';

/** Anybody can invent fingerprints without end: beyond so many, another one is no news, and is not noted. */
const FINGERPRINTS_MAX = 50_000;
const UNKNOWN_COUNTRY = 'ZZ';

interface First {
  readonly kind: string;
  readonly value: string;
  readonly record: AttemptRecord;
}

/**
 * What attempts showed that none before them did. Holds what is known in memory, so that a batch without anything new costs
 * nothing; the table decides where it is not sure.
 */
export class Firsts {
  readonly #fingerprintsMax: number;
  #known: Set<string> | null = null;
  #fingerprints = 0;

  constructor(fingerprintsMax: number = FINGERPRINTS_MAX) {
    this.#fingerprintsMax = fingerprintsMax;
  }

  /** Notes what is new in records that are ordered by `change`. The result is to be called once the transaction has succeeded. */
  async write(client: ClientBase, records: readonly AttemptRecord[]): Promise<() => void> {
    const known = await this.#read(client);
    const found = new Map<string, First>();
    for (const record of records) {
      for (const [kind, value] of shownBy(record)) {
        const key = keyOf(kind, value);
        if (!known.has(key) && !found.has(key)) found.set(key, { kind, value, record });
      }
    }
    const fresh = this.#limited([...found.values()]);
    if (fresh.length > 0) await insert(client, fresh);
    return () => this.#learn(fresh);
  }

  async #read(client: ClientBase): Promise<Set<string>> {
    if (this.#known) return this.#known;
    const { rows } = await client.query<{ kind: string; value: string }>('select kind, value from first_seen');
    this.#known = new Set();
    this.#learn(rows);
    return this.#known;
  }

  #learn(values: readonly { kind: string; value: string }[]): void {
    for (const { kind, value } of values) {
      const key = keyOf(kind, value);
      if (kind === 'fingerprint' && !this.#known?.has(key)) this.#fingerprints += 1;
      this.#known?.add(key);
    }
  }

  #limited(firsts: readonly First[]): First[] {
    let room = this.#fingerprintsMax - this.#fingerprints;
    return firsts.filter(({ kind }) => kind !== 'fingerprint' || room-- > 0);
  }
}

function keyOf(kind: string, value: string): string {
  return `${kind} ${value}`;
}

function shownBy({ hello, source, result }: AttemptRecord): [kind: string, value: string][] {
  if (result.selfTest) return [];
  return [
    ...(hello?.ja4 ? [['fingerprint', hello.ja4] satisfies [string, string]] : []),
    ...result.classes.map(({ id }): [string, string] => ['class', id]),
    ['depth', String(result.depth)],
    ...(source.country === UNKNOWN_COUNTRY ? [] : [['country', source.country] satisfies [string, string]]),
  ];
}

async function insert(client: ClientBase, firsts: readonly First[]): Promise<void> {
  await client.query({
    name: 'add-firsts',
    text: `
      insert into first_seen (kind, value, change, attempt_id, started_us)
      select * from unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[], $5::bigint[]) on conflict do nothing`,
    values: [
      firsts.map(({ kind }) => kind),
      firsts.map(({ value }) => value),
      firsts.map(({ record }) => record.change),
      firsts.map(({ record }) => record.id),
      firsts.map(({ record }) => record.startedUs),
    ],
  });
}
