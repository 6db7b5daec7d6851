/** The JSON values inside a record that may be cut: lists and texts. */
type Cuttable = readonly unknown[] | string;

interface Place {
  name: string;
  value: Cuttable;
  replace(value: Cuttable): void;
}

/** Which lists and texts may be cut, by dotted name, in any order: always the longest is cut first. */
export type CutNames = readonly string[];

/**
 * Cuts lists and texts of `record`, in place, until its JSON has at most `maxBytes`: the longest is halved each time. Returns the
 * names of what was cut. `record` is an object of our own making; the names must lead to lists, texts or null.
 */
export function fitToSize(record: Record<string, unknown>, names: CutNames, maxBytes: number): string[] {
  const cut = new Set<string>();
  let excess = jsonBytes(record) - maxBytes;
  while (excess > 0) {
    const longest = names
      .flatMap(name => placeOf(record, name))
      .map(place => ({ place, bytes: jsonBytes(place.value) }))
      .sort((a, b) => b.bytes - a.bytes)[0];
    if (!longest || longest.place.value.length === 0) break;
    const { place, bytes } = longest;
    place.replace(halve(place.value));
    excess -= bytes - placeOf(record, place.name).reduce((sum, { value }) => sum + jsonBytes(value), 0);
    cut.add(place.name);
  }
  return [...cut];
}

function halve(value: Cuttable): Cuttable {
  const half = Math.floor(value.length / 2);
  return typeof value === 'string' ? value.slice(0, half).toWellFormed() : value.slice(0, half);
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function placeOf(record: Record<string, unknown>, name: string): Place[] {
  const path = name.split('.');
  const last = path.pop() ?? '';
  let holder: unknown = record;
  for (const key of path) holder = isObject(holder) ? holder[key] : undefined;
  if (!isObject(holder)) return [];
  const parent = holder;
  const value = parent[last];
  if (typeof value !== 'string' && !Array.isArray(value)) return [];
  const replace = (cut: Cuttable) => {
    parent[last] = cut;
  };
  return [{ name, value, replace }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
