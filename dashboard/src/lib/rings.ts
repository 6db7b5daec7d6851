/**
 * Geometry of the piñata: a star of paper cones around a ball of seven bands, depth 1 outside to depth 7 next to the core. Each band is
 * a ruffle of paper strips, of which the more are torn the more attempts reached it. All of it follows from numbers alone, so that the
 * server's rendering and the browser's are the same.
 */

export const VIEW = { width: 440, height: 520 } as const;
export const CENTRE = { x: 220, y: 270 } as const;
export const BANDS = 7;
export const CORE_RADIUS = 32;
const OUTER = 152;
const STEP = (OUTER - CORE_RADIUS) / BANDS;
/** Length of a whole strip, in widths of a band: it hides the edge of the band below. */
const STRIP = 0.8;
const STRIP_WIDTH = 9;
/** Paper hangs: tips sink by this much. */
const SAG = 2.2;
/** A million attempts tear all that can be torn. */
const TORN_BY_LOG10 = 6;
const TORN_MOST = 0.85;

/** Outer radius of the band of a depth (1 to 7). */
export function radius(depth: number): number {
  return OUTER - (depth - 1) * STEP;
}

/** How much of a band's paper is torn, 0 to 0.85: grows with the logarithm of how many reached it. */
export function tornShare(reached: number): number {
  return Math.min(1, Math.log10(1 + Math.max(0, reached)) / TORN_BY_LOG10) * TORN_MOST;
}

/** One band: the paper below, and its strips in two shades, as SVG paths. */
export interface Band {
  readonly base: number;
  readonly light: string;
  readonly dark: string;
  readonly torn: number;
  readonly strips: number;
}

/** The band of a depth that so many attempts reached. */
export function band(depth: number, reached: number): Band {
  const strips = Math.round((2 * Math.PI * radius(depth)) / STRIP_WIDTH);
  const torn = Math.round(strips * tornShare(reached));
  const order = Array.from({ length: strips }, (_, i) => i).sort((a, b) => chance(depth, a) - chance(depth, b));
  const rank = new Map(order.map((strip, place) => [strip, place]));
  const shades = ['', ''];
  for (let i = 0; i < strips; i++) {
    const isTorn = (rank.get(i) ?? 0) < torn;
    shades[i % 2] += strip(depth, i, strips, isTorn);
  }
  return { base: radius(depth) - STEP * STRIP * 0.7, light: shades[0] ?? '', dark: shades[1] ?? '', torn, strips };
}

/** A tongue of paper from inside its band to its edge, slightly uneven; a torn one ends half way, in a rag. */
function strip(depth: number, index: number, strips: number, isTorn: boolean): string {
  const angle = (index / strips) * 2 * Math.PI + depth * 0.37;
  const half = (Math.PI / strips) * 1.12;
  const outer = radius(depth);
  const foot = outer - STEP * STRIP;
  const uneven = 1 - 0.14 * chance(depth + 11, index);
  const length = STEP * STRIP * (isTorn ? 0.3 + 0.25 * chance(depth + 23, index) : uneven);
  const left = polar(foot, angle - half);
  const right = polar(foot, angle + half);
  const lean = isTorn ? (chance(depth + 31, index) - 0.5) * half : 0;
  if (isTorn) {
    const rag = [-0.8, 0, 0.8].map((side, tooth) =>
      polar(foot + length * (tooth % 2 === 0 ? 0.6 : 1), angle + side * half + lean, SAG / 2),
    );
    return `M${left}L${rag.join('L')}L${right}Z`;
  }
  const tip = foot + length;
  const [first, last] = [0.9 - 0.25 * chance(depth + 3, index), 0.9 - 0.25 * chance(depth + 7, index)];
  const end = [
    polar(tip, angle - first * half, SAG),
    polar(tip - 1.2, angle, SAG),
    polar(tip, angle + last * half, SAG),
  ];
  return `M${left}L${end.join('L')}L${right}Z`;
}

/** The cones behind the ball, one per band, the first straight up, where the string is tied. */
export interface Cone {
  readonly outline: string;
  readonly ruffles: readonly string[];
  readonly streamers: string;
}

const CONE_TIP = 214;
const CONE_FOOT = OUTER - 18;
const CONE_HALF = 0.29;
const RUFFLES = 4;

export const CONES: readonly Cone[] = Array.from({ length: BANDS }, (_, i) => cone(i));

function cone(index: number): Cone {
  const angle = -Math.PI / 2 + (index / BANDS) * 2 * Math.PI;
  const outline = `M${polar(CONE_FOOT, angle - CONE_HALF)}L${polar(CONE_TIP, angle)}L${polar(CONE_FOOT, angle + CONE_HALF)}Z`;
  const ruffles = Array.from({ length: RUFFLES }, (_, row) => ruffle(angle, row));
  const hanging = index === 0 ? '' : streamers(angle, index);
  return { outline, ruffles, streamers: hanging };
}

/** A row of paper around a cone: straight on the side of the ball, notched on that of the tip. */
function ruffle(angle: number, row: number): string {
  const at = OUTER - 4 + row * 14;
  const widthAt = (r: number) => (CONE_HALF * CONE_FOOT * (CONE_TIP - r)) / (CONE_TIP - CONE_FOOT);
  const side = (r: number, share: number) => polar(r, angle + (share * widthAt(r)) / r);
  const notches = [-1, -0.6, -0.2, 0.2, 0.6, 1].map((share, i) => side(at + (i % 2 === 0 ? 5 : 9), share));
  return `M${side(at, -1)}L${notches.join('L')}L${side(at, 1)}Z`;
}

/** Three ribbons that hang from a tip, whichever way it points. */
function streamers(angle: number, index: number): string {
  const tip = point(CONE_TIP - 3, angle);
  return [-5, 0, 5]
    .map((dx, i) => {
      const length = 20 + 12 * chance(index, i);
      const bend = dx * 1.6 + 5 * (chance(index + 5, i) - 0.5);
      return `M${at(tip.x, tip.y)}q${at(bend, length * 0.4)} ${at(dx, length)}`;
    })
    .join('');
}

/** Scraps of torn paper under the piñata: as many as are torn off, up to a heap. */
export interface Scrap {
  readonly path: string;
  readonly depth: number;
}

const SCRAPS_MOST = 44;

/** `torn[i]`: strips that the band of depth i + 1 has lost. */
export function scraps(torn: readonly number[]): Scrap[] {
  const all = torn.flatMap((count, i) => Array.from({ length: Math.ceil(count / 4) }, (_, n) => [i + 1, n] as const));
  return all.slice(0, SCRAPS_MOST).map(([depth, n]) => {
    const across = chance(depth + 41, n) + chance(depth + 53, n) - 1;
    const x = CENTRE.x + across * 185;
    const y = VIEW.height - 6 - 16 * chance(depth + 61, n) * (1 - Math.abs(across));
    const turn = chance(depth + 71, n) * Math.PI;
    const [dx, dy] = [Math.cos(turn) * 6, Math.sin(turn) * 2.6];
    return { depth, path: `M${at(x - dx, y - dy)}l${at(dx, dy - 2.5)} ${at(dx, dy + 2.5)} ${at(-dx, 2)}z` };
  });
}

/** Stars of the sky behind it: decoration. */
export const STARS: readonly { x: number; y: number; r: number }[] = Array.from({ length: 34 }, (_, i) => ({
  x: rounded(chance(101, i) * VIEW.width),
  y: rounded(chance(103, i) * VIEW.height),
  r: rounded(0.6 + chance(107, i) * 0.9),
})).filter(({ x, y }) => Math.hypot(x - CENTRE.x, y - CENTRE.y) > CONE_TIP - 10);

/** Where the line to the label of a band begins, or of the core (depth 8), and the height of that label on the right. */
export function leader(depth: number): { x: number; y: number; labelY: number } {
  const labelY = 44 + (depth - 1) * 61;
  const middle = depth > BANDS ? CORE_RADIUS * 0.75 : radius(depth) - STEP * 0.45;
  const dy = Math.max(-middle * 0.7, Math.min(middle * 0.7, (labelY - CENTRE.y) * 0.7));
  return { x: rounded(CENTRE.x + Math.sqrt(middle * middle - dy * dy)), y: rounded(CENTRE.y + dy), labelY };
}

/** A number from 0 to 1 that looks like chance and is always the same. */
function chance(a: number, b: number): number {
  let hash = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000;
}

function point(r: number, angle: number): { x: number; y: number } {
  return { x: CENTRE.x + r * Math.cos(angle), y: CENTRE.y + r * Math.sin(angle) };
}

function polar(r: number, angle: number, sag = 0): string {
  const { x, y } = point(r, angle);
  return at(x, y + sag);
}

function at(x: number, y: number): string {
  return `${rounded(x)} ${rounded(y)}`;
}

function rounded(n: number): number {
  return Math.round(n * 10) / 10;
}
