/** The parts of a lock file (version 3) that matter here. */
export interface Lock {
  packages: Record<string, LockedPackage>;
}

interface LockedPackage {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
  [more: string]: unknown;
}

interface Gap {
  readonly name: string;
  readonly version: string;
  /** The package that asks for it. */
  readonly asker: string;
}

const PLATFORM =
  /[-.](android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|aix|win32)-(arm64|x64|ia32|arm|ppc64|riscv64|s390x|loong64)/;

/** Optional dependencies that no entry of the lock provides. */
export function lockGaps({ packages }: Lock): Gap[] {
  return Object.entries(packages).flatMap(([asker, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !provides(packages, asker, name))
      .map(([name, range]) => ({ name, version: range.replace(/^[\^~>=\s]+/, ''), asker })),
  );
}

/** Node's resolution: the nearest node_modules at or above the asker. */
function provides(packages: Lock['packages'], asker: string, name: string): boolean {
  for (let folder = asker; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const prefix = folder === '' ? '' : `${folder}/`;
    if (`${prefix}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

/**
 * The lock with every gap filled by an entry that npm skips, because the platform in the package's name is not ours. Such an entry
 * has no integrity, so a gap for the platform that we run on, or for none, is refused: RangeError.
 */
export function completeLock(lock: Lock): { completed: Lock; added: string[] } {
  const added = lockGaps(lock);
  const entries = added.map(({ name, version, asker }): [string, LockedPackage] => {
    const [, os, cpu] = PLATFORM.exec(name) ?? [];
    const musl = name.endsWith('-musl');
    if (!os || !cpu || (os === 'linux' && cpu === 'x64' && !musl)) throw new RangeError(`${asker} needs ${name}`);
    const dev = lock.packages[asker]?.dev === true ? { dev: true } : {};
    return [
      `node_modules/${name}`,
      { version, cpu: [cpu], ...dev, ...(musl ? { libc: ['musl'] } : {}), optional: true, os: [os] },
    ];
  });
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(entries) });
  const sorted = packages.sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { completed: { ...lock, packages: Object.fromEntries(sorted) }, added: added.map(({ name }) => name) };
}
