import type { Pool } from 'pg';

/** A question to the api, in as many ways as there are rounds: the same kind, about other values or parts of the log. */
export interface Question {
  readonly name: string;
  path(round: number): string;
}

const DAY_US = 86_400_000_000;
const ABSENT_HASH = 'ab'.repeat(32);

/** Values of one field as the log has them, the most frequent first. */
interface Ranked {
  frequent(round: number): string;
  middle(round: number): string;
  rare(round: number): string;
}

/**
 * What visitors, charts and exports ask: each filter alone with frequent, rare and absent values, usual and contradictory
 * combinations, pages deep in the log, spans of time, counts, the first part of an export. Reads the log for values that it has.
 */
export async function questionsFor(pool: Pool): Promise<Question[]> {
  const log = await readLog(pool);
  const { last, ranked, claims, times, ids } = log;
  const one = (name: string, field: string, value: (round: number) => string) =>
    list(name, round => ({ [field]: value(round) }));
  const alone = (field: keyof typeof ranked, absent: string) => [
    one(`${field}, frequent`, field, ranked[field].frequent),
    one(`${field}, middling`, field, ranked[field].middle),
    one(`${field}, rare`, field, ranked[field].rare),
    one(`${field}, absent`, field, () => absent),
  ];
  const deep = (part: number) => Math.ceil(last * part);
  return [
    list('no filter', () => ({})),
    list('no filter, a thousand rows', () => ({ limit: 1000 })),
    list('no filter, oldest first', () => ({ order: 'asc' })),
    list('deep: the middle', round => ({ before: deep(0.5) - round })),
    list('deep: near the beginning', round => ({ before: deep(0.02) + round })),
    list('deep: oldest first from the middle', round => ({ after: deep(0.5) + round, order: 'asc' })),
    list('between two numbers', round => ({ after: deep(0.3) + round, before: deep(0.3) + round + 30 })),
    ...alone('target', 'nobody'),
    ...alone('outcome', 'observer_lost'),
    ...alone('class', 'A00_no_such_class'),
    ...alone('country', 'AQ'),
    ...alone('ja4', 't13d000000_000000000000_000000000000'),
    ...alone('spki', ABSENT_HASH),
    ...alone('boot', '01900000-0000-7000-8000-000000000000'),
    list('channel: server', () => ({ channel: 'server' })),
    list('channel: client', () => ({ channel: 'client' })),
    list('channel: callback, absent', () => ({ channel: 'callback' })),
    ...[1, 3, 5, 7, 8].map(depth => list(`depthMin ${depth}`, () => ({ depthMin: depth }))),
    one('claimTag', 'claimTag', round => claims[round % claims.length] ?? ''),
    list('claimTag, absent', () => ({ claimTag: '0'.repeat(40) })),
    list('self-tests alone', () => ({ selfTest: true })),
    list('no self-tests', () => ({ selfTest: false })),
    list('ten minutes', round => times.span(round, 600)),
    list('an hour', round => times.span(round, 3600)),
    list('a day', round => times.span(round, 86_400)),
    list('thirty days', round => times.span(round, 30 * 86_400)),
    list('a day, oldest first', round => ({ ...times.span(round, 86_400), order: 'asc' })),
    list('the future', () => ({ from: '2100-01-01', to: '2100-02-01' })),
    list('target and outcome', round => ({ target: 'prize', outcome: ranked.outcome.middle(round) })),
    list('outcome that never comes so deep', () => ({ outcome: 'not_tls', depthMin: 3 })),
    list('class that never ends so', () => ({ class: 'A01_port_scan_connect', outcome: 'certificate_untrusted' })),
    list('fingerprint of what is not TLS', round => ({ ja4: ranked.ja4.frequent(round), outcome: 'not_tls' })),
    list('fingerprint and country', round => ({
      ja4: ranked.ja4.frequent(round),
      country: ranked.country.rare(round),
    })),
    list('rare fingerprint and class', round => ({ ja4: ranked.ja4.rare(round), class: ranked.class.frequent(round) })),
    list('country and class, both rare', round => ({
      country: ranked.country.rare(round),
      class: ranked.class.rare(round),
    })),
    list('country and depth', round => ({ country: ranked.country.rare(round), depthMin: 5 })),
    list('boot and outcome', round => ({ boot: ranked.boot.rare(round), outcome: ranked.outcome.middle(round) })),
    list('channel, target, no self-tests', () => ({ channel: 'client', target: 'prize', selfTest: false })),
    list('a day of a target', round => ({ ...times.span(round, 86_400), target: 'practice' })),
    list('a day of an outcome', round => ({ ...times.span(round, 86_400), outcome: ranked.outcome.rare(round) })),
    list('a month of a class', round => ({ ...times.span(round, 30 * 86_400), class: ranked.class.middle(round) })),
    list('deep page of an outcome', round => ({ before: deep(0.3), outcome: ranked.outcome.middle(round) })),
    list('deep page of a class', round => ({ before: deep(0.3), class: ranked.class.middle(round) })),
    list('deep page of a country', round => ({ before: deep(0.3), country: ranked.country.rare(round) })),
    list('at an older snapshot', () => ({ snapshot: deep(0.5) })),
    list('an outcome at an older snapshot', round => ({ snapshot: deep(0.5), outcome: ranked.outcome.middle(round) })),
    list('export, all', () => ({ format: 'jsonl', limit: 500 })),
    list('export, an outcome', round => ({ format: 'csv', limit: 500, outcome: ranked.outcome.middle(round) })),
    list('export, a rare class', round => ({ format: 'jsonl', limit: 500, class: ranked.class.rare(round) })),
    { name: 'one attempt', path: round => `/api/v1/attempts/${ids[round % ids.length]}` },
    ...['1h', '24h', '7d', 'all'].flatMap(window => [
      stats(`summary, ${window}`, 'summary', () => ({ window })),
      stats(`summary of a target, ${window}`, 'summary', () => ({ window, target: 'prize' })),
      stats(`series, ${window}`, 'timeseries', () => ({ window })),
      stats(`series by outcome, ${window}`, 'timeseries', () => ({ window, by: 'outcome' })),
    ]),
    stats('series of a week by quarters of an hour', 'timeseries', round => ({
      ...times.span(round, 7 * 86_400),
      interval: '15m',
      by: 'outcome',
    })),
    stats('series of 30 days by hours', 'timeseries', round => ({
      ...times.span(round, 30 * 86_400),
      interval: '1h',
      by: 'depth',
    })),
    { name: 'counts of classes', path: () => '/api/v1/classes' },
  ];
}

type Parameters = Readonly<Record<string, string | number | boolean>>;

function list(name: string, parameters: (round: number) => Parameters): Question {
  return { name, path: round => `/api/v1/attempts?${queryOf(parameters(round))}` };
}

function stats(name: string, route: string, parameters: (round: number) => Parameters): Question {
  return { name, path: round => `/api/v1/stats/${route}?${queryOf(parameters(round))}` };
}

function queryOf(parameters: Parameters): string {
  const entries = Object.entries(parameters).map(([name, value]) => [name, String(value)] as const);
  return new URLSearchParams(Object.fromEntries(entries)).toString();
}

interface Log {
  readonly last: number;
  readonly ranked: Readonly<Record<'target' | 'outcome' | 'class' | 'country' | 'ja4' | 'spki' | 'boot', Ranked>>;
  readonly claims: readonly string[];
  readonly ids: readonly string[];
  readonly times: { span(round: number, seconds: number): Parameters };
}

async function readLog(pool: Pool): Promise<Log> {
  const column = async (sql: string): Promise<string[]> =>
    (await pool.query<{ value: string }>(sql)).rows.map(row => row.value);
  const counted = async (of: string, from: string) =>
    rankedOf(
      await column(
        `select ${of} as value from ${from} group by 1 having sum(attempts) > 0 order by sum(attempts) desc`,
      ),
    );
  const inLog = async (of: string) =>
    rankedOf(
      await column(`select ${of}::text as value from attempt where ${of} is not null and superseded_change is null
        group by 1 order by count(*) desc`),
    );
  const [last = '0', from = '0', to = '0'] = await column(
    `select unnest(array[max(last_seq), min(day_us), max(day_us)]) as value from attempt_day`,
  );
  return {
    last: Number(last),
    ranked: {
      target: await counted('target', 'rollup_day'),
      outcome: await counted('outcome', 'rollup_day'),
      class: await counted('class_id', `(select * from rollup_class_day where class_id <> '') counted`),
      country: await counted('country', 'rollup_country_day'),
      ja4: await inLog('ja4'),
      spki: await inLog('spki'),
      boot: await inLog('boot_id'),
    },
    claims: await column(
      'select distinct claim_tag as value from attempt where claim_tag is not null order by 1 limit 50',
    ),
    ids: await column(`select id::text as value from attempt where seq % ${Math.ceil(Number(last) / 40)} = 1`),
    times: {
      span: (round, seconds) => spanOf(Number(from), Number(to), round, seconds),
    },
  };
}

function rankedOf(values: readonly string[]): Ranked {
  const at = (index: number) => values[Math.max(0, Math.min(values.length - 1, index))] ?? '';
  const few = Math.max(1, Math.floor(values.length / 8));
  return {
    frequent: round => at(round % few),
    middle: round => at(Math.floor(values.length / 2) + (round % few)),
    rare: round => at(values.length - 1 - (round % few)),
  };
}

/** A span of so many seconds, at another place of the log in each round. */
function spanOf(fromUs: number, toUs: number, round: number, seconds: number): Parameters {
  const room = toUs - fromUs - Math.min(seconds * 1e6, toUs - fromUs - DAY_US);
  const startMs = Math.floor((fromUs + ((room / 1000) * 1000 * ((round * 7) % 20)) / 20) / 1e6) * 1000;
  const text = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return { from: text(startMs), to: text(startMs + seconds * 1000) };
}
