/** A package of a Cargo.lock. What comes from a registry has a checksum (SHA-256 of its archive); our own crates have none. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly checksum: string | null;
}

/** The packages of a Cargo.lock, in its order. */
export function readCargoLock(text: string): LockedPackage[] {
  return text
    .split('[[package]]')
    .slice(1)
    .map(block => {
      const value = (key: string) => new RegExp(`^${key} = "([^"]*)"$`, 'm').exec(block)?.[1];
      return { name: value('name') ?? '', version: value('version') ?? '', checksum: value('checksum') ?? null };
    });
}

/** Where a registry's index keeps what it says about a crate (The Cargo Book, "Registry Index", Index Files). */
export function indexPath(name: string): string {
  const lower = name.toLowerCase();
  if (lower.length <= 2) return `${lower.length}/${lower}`;
  if (lower.length === 3) return `3/${lower.slice(0, 1)}/${lower}`;
  return `${lower.slice(0, 2)}/${lower.slice(2, 4)}/${lower}`;
}
