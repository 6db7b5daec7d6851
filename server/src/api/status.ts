import Type, { type Static } from 'typebox';
import type { Config } from '../config.ts';
import type { Micros } from '../wire/ids.ts';
import { nullable } from '../wire/nullable.ts';
import { isGatewayName } from '../wire/spools.ts';
import { FeedState, feedStateOf } from './live/feed-state.ts';
import type { Announcement } from './queries/announcements.ts';
import { Meta } from './queries/log-state.ts';
import type { AlarmRow, ComponentRow } from './queries/status.ts';
import type { TargetRow } from './queries/targets.ts';
import { TargetStatus } from './snapshot.ts';
import { targetStatus } from './target-view.ts';
import { timeOf } from './time.ts';

/** A process writes a beat each second; ingest passes it on. Longer silence than this is a fault. */
const BEAT_STALE_S = 15;

const closed = { additionalProperties: false } as const;

const Component = Type.Object(
  {
    name: Type.String(),
    state: Type.String(),
    beatAt: Type.String({ format: 'date-time' }),
    ageS: Type.Integer(),
    stale: Type.Boolean(),
    health: Type.Enum(['ok', 'silent', 'unknown'], {
      description: 'unknown: whoever would tell of it is silent itself, so that nothing can be said',
    }),
  },
  closed,
);

const TargetHealth = Type.Object(
  {
    ...TargetStatus.properties,
    /** QEMU promises isolation only with hardware virtualisation. */
    emulated: nullable(Type.Boolean()),
    uptimeS: nullable(Type.Integer()),
    selfTestStale: Type.Boolean(),
    known: Type.Boolean({ description: 'false: state and uptime are as last heard, and may have changed since' }),
  },
  closed,
);

export const Status = Type.Object(
  {
    overall: Type.Enum(['ok', 'degraded', 'down']),
    generatedAt: Type.String({ format: 'date-time' }),
    database: Type.Enum(['ok', 'down'], { description: 'down: the rest is as it was last seen' }),
    feed: FeedState,
    components: Type.Array(Component),
    targets: Type.Array(TargetHealth),
    log: nullable(Meta),
    alarms: Type.Array(
      Type.Object(
        {
          raisedAt: Type.String({ format: 'date-time' }),
          kind: Type.String(),
          target: nullable(Type.String()),
          attemptId: nullable(Type.String()),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'Status' },
);
export type Status = Static<typeof Status>;

/** What the database said when it was last asked. */
export interface Observed {
  readonly components: readonly ComponentRow[];
  readonly targets: readonly TargetRow[];
  readonly alarms: readonly AlarmRow[];
  readonly announcements: readonly Announcement[];
  readonly meta: Meta;
}

/** The status page's data. `observed` is null before the database has ever answered. Pure. */
export function statusOf(observed: Observed | null, databaseUp: boolean, config: Config, nowUs: Micros): Status {
  const components = componentsHealth(observed?.components ?? [], databaseUp, nowUs);
  const known = components.some(({ name, health }) => name === 'supervisor' && health === 'ok');
  const targets = (observed?.targets ?? []).map(row => ({ ...targetHealth(row, config, nowUs), known }));
  return {
    overall: databaseUp ? overallOf(components, targets) : 'down',
    generatedAt: timeOf(nowUs),
    database: databaseUp ? 'ok' : 'down',
    feed: feedOf(observed, databaseUp, nowUs),
    components,
    targets,
    log: observed?.meta ?? null,
    alarms: (observed?.alarms ?? []).map(row => ({
      raisedAt: timeOf(row.raised_us),
      kind: row.kind,
      target: row.target,
      attemptId: row.attempt_id,
    })),
  };
}

/** Whether what is shown is what happens. Pure. */
export function feedOf(observed: Observed | null, databaseUp: boolean, nowUs: Micros): FeedState {
  return feedStateOf(observed?.meta.completeUntil ?? null, observed?.components ?? [], databaseUp, nowUs);
}

type ComponentHealth = Status['components'][number];
type TargetHealth = Omit<Status['targets'][number], 'known'>;

/** Down: attackers cannot get through, or nobody records. Degraded: they can, but something needs a look. */
function overallOf(components: readonly ComponentHealth[], targets: readonly TargetHealth[]): Status['overall'] {
  const gateways = components.filter(({ name }) => isGatewayName(name));
  if (gateways.every(({ stale }) => stale) || targets.length === 0 || targets.every(target => target.state !== 'ready'))
    return 'down';
  if (targets.some(target => target.prize && target.state === 'down')) return 'down';
  const wholesome =
    components.every(component => !component.stale) &&
    targets.every(target => target.state === 'ready' && !target.selfTestStale && target.selfTest?.passed !== false);
  return wholesome ? 'ok' : 'degraded';
}

/** Ingest passes on the beats of all others, and the database those of ingest. */
function componentsHealth(rows: readonly ComponentRow[], databaseUp: boolean, nowUs: Micros): ComponentHealth[] {
  const isSilent = ({ beat_us }: ComponentRow) => ageOf(beat_us, nowUs) > BEAT_STALE_S;
  const isPassedOn = rows.some(row => row.name === 'ingest' && !isSilent(row));
  return rows.map(row => {
    const stale = isSilent(row);
    const isToldOf = databaseUp && (isPassedOn || row.name === 'ingest');
    const health = isToldOf ? (stale ? 'silent' : 'ok') : 'unknown';
    return {
      name: row.name,
      state: row.state,
      beatAt: timeOf(row.beat_us),
      ageS: ageOf(row.beat_us, nowUs),
      stale,
      health,
    };
  });
}

function targetHealth(row: TargetRow, config: Config, nowUs: Micros): TargetHealth {
  const status = targetStatus(row, config);
  // A target that has just come up has had no time for a test.
  const quietSince = row.test_us ?? row.ready_us;
  return {
    ...status,
    emulated: row.accelerator === null ? null : row.accelerator === 'tcg',
    uptimeS: row.state === 'ready' && row.ready_us !== null ? ageOf(row.ready_us, nowUs) : null,
    selfTestStale: quietSince !== null && ageOf(quietSince, nowUs) > status.selfTestStaleAfterS,
  };
}

function ageOf(us: Micros, nowUs: Micros): number {
  return Math.max(0, Math.floor((nowUs - us) / 1e6));
}
