import { comparisonLine, type Goal, headLine } from './comparison.ts';
import type { Load, LoadOrder } from './load.ts';
import { type Contest, Series, takeTurns } from './series.ts';

/** A kind of load that guests are measured with. */
interface GuestLoad {
  readonly name: string;
  readonly order: LoadOrder;
  readonly goal?: Goal;
  /** Only of TLS libraries with post-quantum key exchange. */
  readonly hybrid?: true;
}

const SECONDS = 1.5;
/** So many at once show whether somebody is left behind. */
const CROWD = 32;
const HYBRID = { group: 'X25519MLKEM768', seconds: SECONDS } as const;

/** All handshakes are full ones: no session is resumed. */
export const GUEST_LOADS: readonly GuestLoad[] = [
  { name: 'mutual, one at a time, X25519', order: { kind: 'mutual', lanes: 1, seconds: SECONDS } },
  {
    name: 'mutual, 8 at once, X25519',
    order: { kind: 'mutual', lanes: 8, seconds: SECONDS },
    goal: { atLeast: 300, ratioAtLeast: 12 },
  },
  {
    name: 'mutual, 8 at once, X25519MLKEM768',
    order: { kind: 'mutual', lanes: 8, ...HYBRID },
    goal: { atLeast: 250 },
    hybrid: true,
  },
  { name: 'mutual, 32 at once, X25519', order: { kind: 'mutual', lanes: CROWD, seconds: SECONDS } },
  { name: 'mutual, 32 at once, X25519MLKEM768', order: { kind: 'mutual', lanes: CROWD, ...HYBRID }, hybrid: true },
  {
    name: 'refused for want of a certificate, 8 at once',
    order: { kind: 'refused', lanes: 8, seconds: SECONDS },
    goal: { atLeast: 400 },
  },
  { name: 'garbage, 8 at once', order: { kind: 'garbage', lanes: 8, seconds: SECONDS }, goal: { atLeast: 3000 } },
];

interface Figure {
  readonly title: string;
  readonly digits: number;
  of(series: Series): number;
  goal?(load: GuestLoad): Goal | undefined;
}

const FIGURES: readonly Figure[] = [
  { title: 'attempts/s', digits: 0, of: series => series.rate, goal: load => load.goal },
  {
    ...{ title: 'slowest attempt, ms', digits: 0, of: series => series.slowestMs },
    goal: ({ order }) => (order.lanes >= CROWD ? { atMost: 1000 } : undefined),
  },
  { title: 'failed attempts', digits: 0, of: series => series.failed, goal: () => ({ atMost: 0 }) },
  { title: "QEMU's processor time per attempt, ms", digits: 2, of: series => series.serverMs },
  { title: "QEMU's load meanwhile, % of a core", digits: 0, of: series => series.serverShare * 100 },
  { title: "load generator's processor time per attempt, ms", digits: 2, of: series => series.clientMs },
];

/** One of those that are compared. */
interface Side {
  readonly title: string;
  readonly load: Load;
  readonly server: Contest['server'];
  /** False where the server has no post-quantum key exchange. */
  readonly isHybrid?: boolean;
}

/** Measures a guest, and in the same rounds another one where there is one, and prints their figures. */
export async function compareUnderLoad(
  ours: Side,
  other: Side | null,
  { rounds, hasGoals }: { rounds: number; hasGoals: boolean },
): Promise<void> {
  const rows = GUEST_LOADS.map(kind => ({
    kind,
    ours: new Series(),
    other: other && (other.isHybrid !== false || !kind.hybrid) ? new Series() : null,
  }));
  const contests = rows.flatMap(({ kind, ...series }): Contest[] => [
    { ...ours, order: kind.order, series: series.ours },
    ...(other && series.other ? [{ ...other, order: kind.order, series: series.other }] : []),
  ]);
  await takeTurns(contests, rounds);

  for (const { title, of, digits, goal } of FIGURES) {
    console.log(headLine(title, ours.title, other?.title ?? ''));
    for (const { kind, ...series } of rows) {
      const figures = { ours: of(series.ours), other: series.other && of(series.other), digits };
      console.log(comparisonLine({ name: `  ${kind.name}`, ...figures, goal: hasGoals ? goal?.(kind) : undefined }));
    }
  }
  for (const { kind, ...series } of rows) {
    for (const [side, one] of [
      [ours, series.ours],
      [other, series.other],
    ] as const) {
      if (one && one.failed > 0) console.log(`  ${side?.title}, ${kind.name}: ${one.failures}`);
    }
  }
}
