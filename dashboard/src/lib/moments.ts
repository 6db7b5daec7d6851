/** Something that happened at one moment and explains a chart. */
export interface Moment {
  readonly at: string;
  readonly kind: 'boot' | 'crash' | 'release' | 'alarm' | 'announcement';
  readonly target: string | null;
  readonly title: string;
  readonly link: string | null;
}

/** A sign and a word for each kind: a chart has room for the sign alone. */
export const MOMENT_SIGNS: Readonly<Record<Moment['kind'], readonly [sign: string, word: string]>> = {
  boot: ['↑', 'boot'],
  crash: ['✕', 'crash'],
  release: ['★', 'release'],
  alarm: ['!', 'alarm'],
  announcement: ['¶', 'announcement'],
};

export function momentsPath(span: { from: string; to: string }): string {
  return `/api/v1/events?${new URLSearchParams(span)}`;
}

/** Those of a target, and those of none; newest first. */
export function momentsOf(moments: readonly Moment[], target: string | null): Moment[] {
  return moments.filter(moment => target === null || moment.target === null || moment.target === target);
}
