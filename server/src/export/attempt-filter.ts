import Type, { type Static } from 'typebox';
import { OUTCOMES } from '../wire/outcomes.ts';

/** Which attempts are asked for, and the SQL that says so. Pure. */

/** RFC 3339 time or a plain date, UTC where it says nothing else. Cut to the second: finer filters would be a timing oracle. */
const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d))?$' });
const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const AttemptFilter = Type.Object({
  after: Type.Optional({ ...Seq, description: 'only rows with a higher seq' }),
  before: Type.Optional({ ...Seq, description: 'only rows with a lower seq' }),
  from: Type.Optional({ ...Time, description: 'started at or after; whole seconds' }),
  to: Type.Optional({ ...Time, description: 'started before; whole seconds' }),
  target: Type.Optional(Type.String({ maxLength: 32, description: 'name of a target' })),
  outcome: Type.Optional(Type.Enum([...OUTCOMES], { description: 'exactly this outcome' })),
  class: Type.Optional(Type.String({ maxLength: 48, description: 'among its classes is this one' })),
  depthMin: Type.Optional(Type.Integer({ minimum: 0, maximum: 8, description: 'got at least this far' })),
  channel: Type.Optional(Type.Enum(['server', 'callback', 'client'], { description: 'how it came in' })),
  country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166 code; ZZ is unknown' })),
  ja4: Type.Optional(Type.String({ maxLength: 40, description: 'fingerprint of the ClientHello' })),
  spki: Type.Optional(
    Type.String({ pattern: '^[0-9a-f]{64}$', description: "SHA-256 of the leaf certificate's public key" }),
  ),
  boot: Type.Optional(Type.String({ format: 'uuid', description: 'the boot that it met' })),
  claimTag: Type.Optional(
    Type.String({ pattern: '^[0-9a-f]{40}$', description: 'tag from the name that it asked for' }),
  ),
  selfTest: Type.Optional(Type.Boolean({ description: 'true: only self-tests; false: none' })),
});
export type AttemptFilter = Static<typeof AttemptFilter>;

/** Conditions joined by "and", with their parameters from $1 on. Empty text where everything is asked for. */
export interface Conditions {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** An id's time is cut to the second and stamped by the gateway's clock; this much difference never loses a row. */
const PRUNING_SLACK_MS = 60_000;
const DAY_MS = 86_400_000;

/** The SQL of a filter over the columns of `attempt`. */
export function conditionsOf(filter: AttemptFilter): Conditions {
  const conditions = new ConditionList();
  addBounds(conditions, filter);
  conditions.add(p => `target = ${p}`, filter.target);
  conditions.add(p => `outcome = ${p}`, filter.outcome);
  conditions.add(p => `classes @> array[${p}::text]`, filter.class);
  conditions.add(p => `depth >= ${p}`, filter.depthMin);
  conditions.add(p => `channel = ${p}`, filter.channel);
  conditions.add(p => `country = ${p}`, filter.country);
  conditions.add(p => `ja4 = ${p}`, filter.ja4);
  conditions.add(p => `boot_id = ${p}`, filter.boot);
  return conditions;
}

/** The expression that the index `attempt_labels` is of. Names of classes hold no space, so that nothing else is taken for one. */
const LABELS = `(classes || array['target ' || target, 'channel ' || channel, 'outcome ' || outcome, 'depth ' || depth::text,
  'country ' || country, 'ja4 ' || ja4, 'boot ' || boot_id::text])`;
const DEPTHS = 9;

/** The same rows, said so that one index knows those that have all of it: for where they are few. */
export function labelConditionsOf(filter: AttemptFilter): Conditions {
  const { target, channel, outcome, country, ja4, boot, depthMin } = filter;
  const named = Object.entries({ target, channel, outcome, country, ja4, boot: boot?.toLowerCase() });
  const labels = [
    ...(filter.class === undefined ? [] : [filter.class]),
    ...named.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`])),
  ];
  const depths = Array.from({ length: DEPTHS }, (_, depth) => `depth ${depth}`);
  const conditions = new ConditionList();
  addBounds(conditions, filter);
  conditions.add(p => `${LABELS} @> ${p}::text[]`, labels.length > 0 ? labels : undefined);
  conditions.add(p => `${LABELS} && ${p}::text[]`, depthMin === undefined ? undefined : depths.slice(depthMin));
  return conditions;
}

class ConditionList implements Conditions {
  readonly #parts: string[] = [];
  readonly values: unknown[] = [];

  /** Adds a condition on a value; nothing where there is none. */
  add(sql: (parameter: string) => string, value: unknown): void {
    if (value === undefined) return;
    this.values.push(value);
    this.#parts.push(sql(`$${this.values.length}`));
  }

  get sql(): string {
    return this.#parts.join(' and ');
  }
}

/** What has an index of its own, or needs none. */
function addBounds(conditions: ConditionList, filter: AttemptFilter): void {
  const from = filter.from === undefined ? undefined : wholeSecond(filter.from);
  const to = filter.to === undefined ? undefined : wholeSecond(filter.to);
  conditions.add(p => `seq > ${p}`, filter.after);
  conditions.add(p => `seq < ${p}`, filter.before);
  conditions.add(p => `started_us >= ${p}`, from === undefined ? undefined : from * 1000);
  conditions.add(p => `started_us < ${p}`, to === undefined ? undefined : to * 1000);
  // The same again by id: it lets PostgreSQL leave out whole day partitions.
  conditions.add(p => `id >= ${p}`, from === undefined ? undefined : idAt(from - PRUNING_SLACK_MS));
  conditions.add(p => `id < ${p}`, to === undefined ? undefined : idAt(to + PRUNING_SLACK_MS));
  conditions.add(p => `spki = ${p}`, filter.spki);
  conditions.add(p => `claim_tag = ${p}`, filter.claimTag);
  conditions.add(p => `self_test = ${p}`, filter.selfTest);
}

/** Milliseconds since the epoch, cut to the second. NaN for a date that does not exist. */
export function wholeSecond(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}

/** Ids, the second exclusive, that attempts begun in a span of time (microseconds) can have: what lets whole partitions be left out. */
export function idBounds(fromUs: number, toUs: number): [from: string, to: string] {
  const ms = (us: number) => Math.floor(us / 1000);
  return [idAt(ms(fromUs) - PRUNING_SLACK_MS), idAt(ms(toUs) + PRUNING_SLACK_MS)];
}

/** The days whose ids an interval of `started_us` can have. */
export function daysOfIds(filter: Pick<AttemptFilter, 'from' | 'to'>): { fromUs: number | null; toUs: number | null } {
  const day = (time: string, slackMs: number) => Math.floor((wholeSecond(time) + slackMs) / DAY_MS) * DAY_MS * 1000;
  return {
    fromUs: filter.from === undefined ? null : day(filter.from, -PRUNING_SLACK_MS),
    toUs: filter.to === undefined ? null : day(filter.to, PRUNING_SLACK_MS),
  };
}

/** The lowest UUIDv7 of a millisecond (RFC 9562 §5.7: the first 48 bits are the time). */
export function idAt(unixMs: number): string {
  const time = Math.max(0, unixMs).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
