/** Lengths of the steps that attempts are counted by, and where; longest first. */
export const STEPS = [
  { us: 86_400_000_000, table: 'rollup_day', column: 'day_us' },
  { us: 3_600_000_000, table: 'rollup_hour', column: 'hour_us' },
  { us: 60_000_000, table: 'rollup_minute', column: 'minute_us' },
] as const;
export type Step = (typeof STEPS)[number];

/** A part of a span that one roll-up counts exactly: from `fromUs` up to and without `toUs`. */
export interface Piece {
  readonly step: Step;
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * Cuts a span of whole minutes into pieces of the longest steps that fit: days in the middle, hours and minutes at both ends. So the
 * cost of a sum grows with the days of its span, not with the minutes. Pure.
 */
export function piecesOf(fromUs: number, toUs: number, steps: readonly Step[] = STEPS): Piece[] {
  const [step, ...shorter] = steps;
  if (!step || fromUs >= toUs) return [];
  const from = Math.ceil(fromUs / step.us) * step.us;
  const to = Math.floor(toUs / step.us) * step.us;
  if (from >= to) return piecesOf(fromUs, toUs, shorter);
  return [...piecesOf(fromUs, from, shorter), { step, fromUs: from, toUs: to }, ...piecesOf(to, toUs, shorter)];
}

/** The longest step that a length is a multiple of; the length is one of whole minutes. */
export function stepFor(lengthUs: number): Step {
  return STEPS.find(({ us }) => lengthUs % us === 0) ?? STEPS[2];
}
