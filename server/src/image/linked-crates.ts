import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { readCargoLock } from './cargo-lock.ts';

/** A crate whose code is given to the linker of the image. */
export interface LinkedCrate {
  readonly name: string;
  readonly version: string;
  /** Ours: a member of the guest's workspace. */
  readonly own: boolean;
  /** Somebody else's, but changed here before it is compiled. */
  readonly patched: boolean;
  readonly features: readonly string[];
  /** Keys (see `keyOf`) of the linked crates that it uses directly, sorted. */
  readonly uses: readonly string[];
  /** SPDX expression; null if its manifest names none. */
  readonly licence: string | null;
  readonly description: string | null;
  readonly repository: string | null;
  /** SHA-256 of its archive in the registry; null for what lies in this repository. */
  readonly checksum: string | null;
  /** What rustc calls its library, or the program that it is. */
  readonly library: string;
  /** Its package on disk, and the folder of its library's or program's first file. */
  readonly folder: string;
  readonly sourceFolder: string;
}

/** What we read of `cargo metadata --format-version 1`. */
const Metadata = Type.Object({
  workspace_members: Type.Array(Type.String()),
  packages: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      version: Type.String(),
      source: Type.Union([Type.String(), Type.Null()]),
      license: Type.Union([Type.String(), Type.Null()]),
      description: Type.Union([Type.String(), Type.Null()]),
      repository: Type.Union([Type.String(), Type.Null()]),
      manifest_path: Type.String(),
      targets: Type.Array(
        Type.Object({ name: Type.String(), kind: Type.Array(Type.String()), src_path: Type.String() }),
      ),
    }),
  ),
});
type Package = Static<typeof Metadata>['packages'][number];

/** The format that `cargo tree` must be asked for, with `--prefix depth`. */
export const TREE_FORMAT = ' {p}|{f}';

const LINKED_KINDS = new Set(['lib', 'rlib', 'bin']);

/** How a crate is named in `uses`. */
export const keyOf = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;

/**
 * Joins what cargo says about the image's crates: which they are, with which features, and who uses whom (`cargo tree`, which unlike
 * the metadata looks at the image alone), what their manifests say (`cargo metadata`), and the checksums (Cargo.lock). Sorted by
 * name, then version. Throws if the three do not fit together.
 */
export function joinCrates(cargo: { tree: string; metadata: unknown; lock: string }): LinkedCrate[] {
  if (!Value.Check(Metadata, cargo.metadata)) throw new Error('cargo metadata answered in another shape');
  const members = new Set(cargo.metadata.workspace_members);
  const packages = new Map(cargo.metadata.packages.map(one => [keyOf(one), one]));
  const checksums = new Map(readCargoLock(cargo.lock).map(one => [keyOf(one), one.checksum]));
  return [...readTree(cargo.tree)]
    .map(([key, { features, uses }]) => {
      const found = packages.get(key);
      const checksum = checksums.get(key);
      if (!found || checksum === undefined) throw new Error(`cargo's answers do not agree about ${key}`);
      return { ...describe(found, members.has(found.id)), features, uses: [...uses].sort(), checksum };
    })
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function describe(one: Package, own: boolean) {
  const { name, version, source, license, description, repository, manifest_path: manifest, targets } = one;
  const linked = targets.find(({ kind }) => kind.some(name => LINKED_KINDS.has(name)));
  return {
    name,
    version,
    own,
    patched: !own && source === null,
    // Old manifests write a slash where SPDX wants OR.
    licence: license?.replaceAll(/\s*\/\s*/g, ' OR ') ?? null,
    description: description?.replaceAll(/\s+/g, ' ').trim() ?? null,
    repository,
    folder: join(manifest, '..'),
    library: (linked?.name ?? name).replaceAll('-', '_'),
    sourceFolder: join(linked?.src_path ?? manifest, '..'),
  };
}

interface Node {
  readonly features: readonly string[];
  readonly uses: Set<string>;
}

/** Reads the answer of `cargo tree --prefix depth --format TREE_FORMAT`; what it shows twice it shows without uses. */
function readTree(text: string): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const path: Node[] = [];
  for (const line of text.split('\n').filter(line => line !== '')) {
    const found = /^(\d+) (\S+) v(\S+)[^|]*\|(\S*)/.exec(line);
    if (!found) throw new Error(`cargo tree printed: ${line}`);
    const [, depth = '', name = '', version = '', features = ''] = found;
    const key = keyOf({ name, version });
    const node = nodes.get(key) ?? { features: features.split(',').filter(one => one !== ''), uses: new Set() };
    nodes.set(key, node);
    path[Number(depth)] = node;
    path[Number(depth) - 1]?.uses.add(key);
  }
  return nodes;
}
