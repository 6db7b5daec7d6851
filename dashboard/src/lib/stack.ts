import type { Series } from './generated/api.ts';
import { GROUPS, type Group, groupOf } from './outcome-groups.ts';

/** Attempts of one group in each step, and the height that they reach on top of the groups before it. */
export interface Layer {
  readonly group: Group | 'other';
  readonly words: string;
  readonly attempts: readonly number[];
  readonly top: readonly number[];
  readonly total: number;
}

/** Stacks the series of outcomes by their groups, bottom first. Groups without attempts are left out; unknown outcomes are not. */
export function layersOf({ times, lines }: Pick<Series, 'times' | 'lines'>): Layer[] {
  const sums = new Map<string, number[]>();
  for (const { name, attempts } of lines) {
    const group = groupOf(name) ?? 'other';
    const sum = sums.get(group) ?? times.map(() => 0);
    sums.set(
      group,
      sum.map((n, step) => n + (attempts[step] ?? 0)),
    );
  }
  let below = times.map(() => 0);
  return [...GROUPS, ['other', 'other'] as const].flatMap(([group, words]) => {
    const attempts = sums.get(group);
    const total = attempts?.reduce((sum, n) => sum + n, 0) ?? 0;
    if (!attempts || total === 0) return [];
    const top = attempts.map((n, step) => n + (below[step] ?? 0));
    below = top;
    return [{ group, words, attempts, top, total }];
  });
}

/** Attempts in each step, whatever became of them. */
export function totalsOf(layers: readonly Layer[], steps: number): readonly number[] {
  return layers.at(-1)?.top ?? Array.from({ length: steps }, () => 0);
}
