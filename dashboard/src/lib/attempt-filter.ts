import { depthName } from './depths.ts';
import { outcomeWords } from './words.ts';

/** The filters of `GET /api/v1/attempts`, as they stand in the page's own address, in the order of the form. */
export const FILTERS = [
  'target',
  'outcome',
  'class',
  'depthMin',
  'channel',
  'country',
  'from',
  'to',
  'ja4',
  'spki',
  'boot',
  'claimTag',
  'selfTest',
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

/** Those behind a fold: all but the first few of the form. */
export const FOLDED: readonly FilterName[] = FILTERS.filter(name => !['target', 'outcome', 'depthMin'].includes(name));

/** Where in the list a page is: before or after a row, or at the newest. */
export interface Place {
  readonly before: string | null;
  readonly after: string | null;
}

const SEQ = /^\d{1,15}$/;

/** What is asked for in an address; empty fields and what is no filter are left out. */
export function filterOf(query: URLSearchParams): Filter {
  return Object.fromEntries(
    FILTERS.flatMap(name => {
      const value = query.get(name)?.trim();
      return value ? [[name, name === 'country' ? value.toUpperCase() : value]] : [];
    }),
  );
}

export function placeOf(query: URLSearchParams): Place {
  const seq = (name: string) => {
    const value = query.get(name);
    return value !== null && SEQ.test(value) ? value : null;
  };
  const after = seq('after');
  return { after, before: after === null ? seq('before') : null };
}

/** `?a=b&c=d`, or nothing where there is nothing to say. */
export function queryText(parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return query.size > 0 ? `?${query}` : '';
}

/** The page of the API that shows a place of the filtered list. What is newer is asked for upwards, so that no row is jumped over. */
export function pageUrl(filter: Filter, { before, after }: Place, rows: number): string {
  const place = after !== null ? { after, order: 'asc' } : before !== null ? { before } : {};
  return `/api/v1/attempts${queryText({ ...filter, ...place, limit: String(rows) })}`;
}

/** A field of `<input type="datetime-local">` as the API's time, which is UTC: "2026-11-24T14:03" → "2026-11-24T14:03:00Z". */
export function toUtc(local: string): string {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?/.exec(local);
  return parts ? `${parts[1]}${parts[2] ?? ':00'}Z` : local;
}

/** The other way round; also of a plain date. Empty where it is no time in UTC. */
export function fromUtc(time: string | undefined): string {
  const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?Z)?$/.exec(time ?? '');
  return parts ? `${parts[1]}T${parts[2] ?? '00:00:00'}` : '';
}

/** A filter in words, a few for each part. */
export function filterWords(filter: Filter): string[] {
  return FILTERS.flatMap(name => {
    const value = filter[name];
    return value === undefined ? [] : [WORDS[name](value)];
  });
}

const WORDS: Readonly<Record<FilterName, (value: string) => string>> = {
  target: value => `target ${value}`,
  outcome: value => outcomeWords(value).replace(/\.$/, ''),
  class: value => `class ${value}`,
  depthMin: value => `at least ${depthName(Number(value))}`,
  channel: value => CHANNEL_WORDS[value] ?? `channel ${value}`,
  country: value => (value === 'ZZ' ? 'country Unknown' : `country ${value}`),
  from: value => `from ${value}`,
  to: value => `before ${value}`,
  ja4: value => `JA4 ${value}`,
  spki: value => `key ${value.slice(0, 12)}…`,
  boot: value => `boot ${value}`,
  claimTag: value => `tag ${value.slice(0, 12)}…`,
  selfTest: value => (value === 'true' ? 'self-tests only' : 'without self-tests'),
};

export const CHANNEL_WORDS: Readonly<Record<string, string>> = {
  server: 'target is the server',
  callback: 'target calls back',
  client: 'target is the client',
};

/** How to ask for the number of rows without counting them; null where no roll-up knows. */
export interface CountQuestion {
  readonly url: string;
  /** Takes the number out of the answer; null where it is not in it. */
  readonly read: (answer: CountAnswer) => number | null;
  /** Self-tests are in the list and not in the number. */
  readonly withoutSelfTests: boolean;
}

/** What is read of an answer of the summary, or of a class. */
export interface CountAnswer {
  readonly attempts?: number;
  readonly reached?: readonly number[];
  readonly outcomes?: Readonly<Record<string, number>>;
  readonly counts?: { readonly all: number };
}

export function countQuestion({
  target,
  channel,
  selfTest,
  outcome,
  depthMin,
  class: name,
  ...rest
}: Filter): CountQuestion | null {
  if (Object.values(rest).some(value => value !== undefined)) return null;
  const withoutSelfTests = selfTest === undefined;
  if (name !== undefined) {
    const isAlone = [target, channel, outcome, depthMin].every(value => value === undefined) && selfTest !== 'true';
    const url = `/api/v1/classes/${encodeURIComponent(name)}`;
    return isAlone ? { url, withoutSelfTests, read: ({ counts }) => counts?.all ?? null } : null;
  }
  if (outcome !== undefined && depthMin !== undefined) return null;
  const slice = { target, channel, selfTest: selfTest === 'true' ? 'true' : undefined };
  return {
    url: `/api/v1/stats/summary${queryText({ window: 'all', ...slice })}`,
    withoutSelfTests,
    read: answer => {
      if (outcome !== undefined) return answer.outcomes ? (answer.outcomes[outcome] ?? 0) : null;
      return depthMin === undefined ? (answer.attempts ?? null) : (answer.reached?.[Number(depthMin)] ?? null);
    },
  };
}
