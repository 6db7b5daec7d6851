import type { Summary } from './generated/api.ts';

/** The deepest step that anybody reached, and how many did. Relays are left out: they met the target at both ends. Null: nobody came. */
export function deepestOf({
  reached,
  outcomes,
}: Pick<Summary, 'reached' | 'outcomes'>): { depth: number; attempts: number } | null {
  const relays = outcomes.released_relay ?? 0;
  const others = reached.map(n => n - relays);
  const depth = others.findLastIndex(n => n > 0);
  return depth < 0 ? null : { depth, attempts: others[depth] ?? 0 };
}
