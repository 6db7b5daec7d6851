/** Turns a TopoJSON topology of countries into the SVG paths of the dashboard's map. Pure. */

/** The part of TopoJSON (specification 1.0) that a map of countries uses: quantised arcs, and polygons made of them. */
export interface Topology {
  readonly transform: { readonly scale: readonly [number, number]; readonly translate: readonly [number, number] };
  readonly arcs: readonly (readonly (readonly [number, number])[])[];
  readonly objects: { readonly countries: { readonly geometries: readonly Geometry[] } };
}

type Geometry = {
  readonly id?: string;
  readonly properties: { readonly name: string };
} & (
  | { readonly type: 'Polygon'; readonly arcs: readonly (readonly number[])[] }
  | { readonly type: 'MultiPolygon'; readonly arcs: readonly (readonly (readonly number[])[])[] }
);

type Point = readonly [x: number, y: number];

/** A picture of the world in whole units: `paths` by ISO 3166 code, `width` and `height` of the view. */
export interface WorldMap {
  readonly width: number;
  readonly height: number;
  readonly paths: Readonly<Record<string, string>>;
}

const WIDTH = 1000;
/** The map is cut in the Bering Strait, between this meridian's opposite and itself, where no country lies on both sides. */
const MIDDLE_MERIDIAN = 11;
/** Nobody connects from the ice; without it the rest is larger. */
const LEFT_OUT = 'AQ';
const SOUTH = -57;
const NORTH = 84;

/** Shapes without a code of their own, under the one that databases of addresses put them. */
const BY_NAME: Readonly<Record<string, string>> = { Kosovo: 'XK', 'N. Cyprus': 'CY', Somaliland: 'SO' };

/** `codes`: ISO 3166 numeric code → two letters. Throws for a shape that neither has nor is given one. */
export function worldMap(topology: Topology, codes: ReadonlyMap<string, string>): WorldMap {
  const arcs = topology.arcs.map(arc => decodeArc(arc, topology.transform));
  const [, top] = equalEarth([0, NORTH]);
  const [, bottom] = equalEarth([0, SOUTH]);
  const widest = Math.abs(equalEarth([-180, 0])[0]);
  const scale = WIDTH / (2 * widest);
  const place = (point: Point): Point => {
    const [x, y] = equalEarth(point);
    return [Math.round((x + widest) * scale), Math.round((top - y) * scale)];
  };
  const paths: Record<string, string> = {};
  for (const geometry of topology.objects.countries.geometries) {
    const code = BY_NAME[geometry.properties.name] ?? codes.get(geometry.id ?? '');
    if (code === undefined) throw new Error(`${geometry.properties.name} has no code`);
    if (code === LEFT_OUT) continue;
    paths[code] =
      (paths[code] ?? '') +
      ringsOf(geometry)
        .map(ring => pathOf(ring, arcs, place))
        .join('');
  }
  return { width: WIDTH, height: Math.round((top - bottom) * scale), paths: sortedByKey(paths) };
}

function ringsOf(geometry: Geometry): readonly (readonly number[])[] {
  return geometry.type === 'Polygon' ? geometry.arcs : geometry.arcs.flat();
}

/** Positions of an arc are differences from the one before, in steps of the grid. */
function decodeArc(arc: readonly (readonly [number, number])[], { scale, translate }: Topology['transform']): Point[] {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

/** A ring names its arcs in order; one's complement means backwards. Neighbouring arcs share a point. */
function pathOf(ring: readonly number[], arcs: readonly Point[][], place: (point: Point) => Point): string {
  const points = ring.flatMap((index, at) => {
    const arc = index < 0 ? (arcs[~index] ?? []).toReversed() : (arcs[index] ?? []);
    return at === 0 ? arc : arc.slice(1);
  });
  const [first, ...rest] = centred(points).map(place);
  if (!first) return '';
  let [x, y] = first;
  let steps = '';
  for (const [nextX, nextY] of rest) {
    if (nextX === x && nextY === y) continue;
    steps += `${relative(nextX - x, steps !== '')}${relative(nextY - y, true)}`;
    [x, y] = [nextX, nextY];
  }
  return steps === '' ? '' : `M${first[0]} ${first[1]}l${steps}z`;
}

/** Longitudes from the middle of the map; a ring that crosses the date line goes on beyond it. */
function centred(points: readonly Point[]): Point[] {
  let before: number | null = null;
  return points.map(([longitude, latitude]) => {
    let from = longitude - MIDDLE_MERIDIAN;
    const near = before ?? 0;
    while (from - near > 180) from -= 360;
    while (near - from > 180) from += 360;
    before = from;
    return [from, latitude];
  });
}

/** A minus sign separates numbers as well as a space does. */
function relative(n: number, follows: boolean): string {
  return follows && n >= 0 ? ` ${n}` : String(n);
}

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const HALF_ROOT_3 = Math.sqrt(3) / 2;

/** Equal Earth projection (Šavrič, Patterson and Jenny 2018, equations 1 to 3): areas keep their proportions. Degrees in, radii out. */
export function equalEarth([longitude, latitude]: Point): Point {
  const lambda = (longitude * Math.PI) / 180;
  const theta = Math.asin(HALF_ROOT_3 * Math.sin((latitude * Math.PI) / 180));
  const t2 = theta * theta;
  const t6 = t2 * t2 * t2;
  const x = (lambda * Math.cos(theta)) / (HALF_ROOT_3 * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)));
  return [x, theta * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))];
}

function sortedByKey(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
