import type { Status } from './status.ts';

/** What the badge says, and whether that is good news for the organisers. */
export interface BadgeText {
  readonly words: string;
  readonly tone: 'calm' | 'alarm' | 'unknown';
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Widths of 11 px DejaVu Sans, which most systems have something as wide as. */
const CHARACTER_PX = 6.6;
const PADDING_PX = 6;
const HEIGHT_PX = 20;
/** White on each holds 4.5:1. */
const GROUNDS = { calm: '#0a6a78', alarm: '#b3265f', unknown: '#555a70' } as const;
const LABEL_GROUND = '#171a29';
const LABEL = 'pinata';

/** What is known of the prize now. While nobody would tell of a release, nothing is said but of one that was told. Pure. */
export function badgeText({
  components,
  targets,
  generatedAt,
}: Pick<Status, 'components' | 'targets' | 'generatedAt'>): BadgeText {
  const prize = targets.find(target => target.prize);
  if (prize?.released) return { words: 'released', tone: 'alarm' };
  const isTold = components.some(({ name, health }) => name === 'ingest' && health === 'ok');
  if (!isTold || !prize?.unclaimedSince) return { words: 'unknown', tone: 'unknown' };
  const ms = Math.max(0, Date.parse(generatedAt) - Date.parse(prize.unclaimedSince));
  const age = ms >= DAY_MS ? `${Math.floor(ms / DAY_MS)} d` : `${Math.floor(ms / HOUR_MS)} h`;
  return { words: `unclaimed ${age}`, tone: 'calm' };
}

/** The badge as SVG. Nothing in it comes from outside. Pure. */
export function badgeSvg({ words, tone }: BadgeText): string {
  const [left, right] = [LABEL, words].map(text => Math.ceil(text.length * CHARACTER_PX) + 2 * PADDING_PX) as [
    number,
    number,
  ];
  const label = `${LABEL}: ${words}`;
  const half = (x: number, width: number, text: string) =>
    `<text x="${x + width / 2}" y="14" text-anchor="middle" textLength="${width - 2 * PADDING_PX}" lengthAdjust="spacingAndGlyphs">${text}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT_PX}" viewBox="0 0 ${left + right} ${HEIGHT_PX}" role="img" aria-label="${label}">
<title>${label}</title>
<rect width="${left}" height="${HEIGHT_PX}" fill="${LABEL_GROUND}"/>
<rect x="${left}" width="${right}" height="${HEIGHT_PX}" fill="${GROUNDS[tone]}"/>
<g fill="#fff" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11">${half(0, left, LABEL)}${half(left, right, words)}</g>
</svg>
`;
}
