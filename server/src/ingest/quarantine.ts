import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptId } from '../wire/ids.ts';
import type { AttemptFacts } from './attempt-facts.ts';

/** Where attempts go that cannot be stored as they are: a fault of ours, which must neither lose them nor hold up all others. */
export class Quarantine {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Keeps the facts of one attempt, without its address, as `<id>.json`. */
  async keep(facts: AttemptFacts, error: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${facts.id}.json`);
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    await writeFile(`${path}.new`, JSON.stringify({ why, facts }), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
  }
}

/** An attempt that cannot be composed: composing is pure, so it will never succeed. */
export class UncomposableError extends Error {
  constructor(id: AttemptId, cause: unknown) {
    super(`attempt ${id} cannot be composed`, { cause });
    this.name = 'UncomposableError';
  }
}

/** SQLSTATE classes of what will fail again: data exception, constraint violation, syntax or access rule, program limit. */
const HOPELESS = /^(22|23|42|54)/;

/** True if writing the same again cannot succeed, so that waiting would be for ever. */
export function isHopeless(error: unknown): boolean {
  if (error instanceof UncomposableError) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && HOPELESS.test(error.code);
}
