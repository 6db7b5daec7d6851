/** Geometry of the piñata: seven bands of paper, depth 1 outside to depth 7 next to the core. */
export const CENTRE = 200;
const OUTER = 176;
const CORE = 34;
export const BANDS = 7;
const STEP = (OUTER - CORE) / BANDS;

/** Outer radius of the band of a depth (1 to 7). */
export function radius(depth: number): number {
  return OUTER - (depth - 1) * STEP;
}

/** Radius of the core. */
export const CORE_RADIUS = CORE;

/**
 * The edge of a band as an SVG path: paper that frays with the logarithm of how many attempts reached it. No attempt, no fray.
 * Deterministic, so that the server's rendering and the browser's are the same.
 */
export function frayedEdge(depth: number, reached: number): string {
  const teeth = 44 - depth * 3;
  const fray = Math.min(1, Math.log10(1 + reached) / 6) * STEP * 0.72;
  const points: string[] = [];
  for (let i = 0; i < teeth * 2; i++) {
    const angle = (i / (teeth * 2)) * 2 * Math.PI + depth;
    const tear = i % 2 === 0 ? 0 : fray * (0.55 + 0.45 * Math.sin(i * 12.9898 + depth * 78.233));
    const r = radius(depth) - tear;
    points.push(`${(CENTRE + r * Math.cos(angle)).toFixed(1)} ${(CENTRE + r * Math.sin(angle)).toFixed(1)}`);
  }
  return `M${points.join('L')}Z`;
}

/** Where the leader line of a band leaves it, or of the core (depth 8), and the height of its label on the right. */
export function leader(depth: number): { x: number; y: number; labelY: number } {
  const labelY = 30 + (depth - 1) * 48;
  const middle = radius(depth) - STEP / 2;
  const dy = Math.max(-middle * 0.9, Math.min(middle * 0.9, labelY - CENTRE));
  return { x: CENTRE + Math.sqrt(middle * middle - dy * dy), y: CENTRE + dy, labelY };
}
