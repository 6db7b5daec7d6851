import type { Summary } from './generated/api.ts';

/** Spans of time that the live page can be of, all of which end now. */
export const WINDOWS = [
  ['1h', '1 hour', 'the last hour'],
  ['24h', '24 hours', 'the last 24 hours'],
  ['7d', '7 days', 'the last 7 days'],
  ['all', 'all', 'all time'],
] as const;
export type WindowName = (typeof WINDOWS)[number][0];

/** What the snapshot and the stream carry; other views are asked for. */
export const LIVE_WINDOW: WindowName = '24h';

/** What the live page is of: a window, and one target or both (null). */
export interface View {
  readonly window: WindowName;
  readonly target: string | null;
}
export const LIVE_VIEW: View = { window: LIVE_WINDOW, target: null };

/** The view that an address asks for; what it does not know is the usual one. */
export function viewOf(query: string): View {
  const asked = new URLSearchParams(query);
  const window = WINDOWS.find(([name]) => name === asked.get('window'))?.[0] ?? LIVE_WINDOW;
  const target = asked.get('target') ?? '';
  return { window, target: /^[a-z0-9-]{1,32}$/.test(target) ? target : null };
}

/** The address of a view: as short as can be. */
export function addressOf({ window, target }: View): string {
  const query = new URLSearchParams();
  if (window !== LIVE_WINDOW) query.set('window', window);
  if (target !== null) query.set('target', target);
  return query.size === 0 ? '/' : `/?${query}`;
}

/** The parameters of a question about a view. */
export function questionOf({ window, target }: View, more: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({ window, ...(target !== null && { target }), ...more }).toString();
}

/** The span that a number was counted in, as the API tells it. */
export type Span = Pick<Summary, 'from' | 'to'>;

/** The list of exactly the attempts that a number counts: same span, same target, self-tests left out as in every number. */
export function rowsOf(span: Span, target: string | null, filter: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    ...(span.from !== null && { from: span.from }),
    to: span.to,
    selfTest: 'false',
    ...(target !== null && { target }),
    ...filter,
  });
  return `/attempts?${query}`;
}
