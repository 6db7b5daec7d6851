import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const KEY_BYTES = 32;
export const TOKEN_KEY_LIFE_MS = 48 * 3_600_000;
const NAME = /^(\d{4}-\d{2}-\d{2})\.(\d+)\.key$/;

interface TokenKey {
  key: Uint8Array;
  file: string;
  madeMs: number;
}

/**
 * The keys behind source tokens: one for each UTC day, in files of their own (`<day>.<time made in ms>.key`, 0600), destroyed
 * 48 h after they were made. After that nobody, the operator included, can tell whether two days' tokens are one address.
 */
export class TokenKeys {
  readonly #folder: string;
  readonly #random: (bytes: number) => Uint8Array;
  readonly #keys = new Map<string, TokenKey>();

  constructor(folder: string, random: (bytes: number) => Uint8Array = randomBytes) {
    this.#folder = folder;
    this.#random = random;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(folder)) this.#load(file);
  }

  /** The key of the UTC day that `unixMs` lies in; made at first use, also for a day that is long over (a backlog). */
  keyOf(unixMs: number, nowMs: number): Uint8Array {
    const day = new Date(unixMs).toISOString().slice(0, 10);
    return (this.#keys.get(day) ?? this.#make(day, nowMs)).key;
  }

  /** Destroys what is older than 48 h, and returns the days. */
  destroyOld(nowMs: number): string[] {
    const old = [...this.#keys].filter(([, { madeMs }]) => nowMs - madeMs >= TOKEN_KEY_LIFE_MS);
    for (const [day, { key, file }] of old) {
      unlinkSync(join(this.#folder, file));
      key.fill(0);
      this.#keys.delete(day);
    }
    return old.map(([day]) => day);
  }

  #load(file: string): void {
    const [, day, madeMs] = file.match(NAME) ?? [];
    if (!day) return;
    const key = readFileSync(join(this.#folder, file));
    if (key.length === KEY_BYTES) this.#keys.set(day, { key, file, madeMs: Number(madeMs) });
  }

  #make(day: string, nowMs: number): TokenKey {
    const file = `${day}.${Math.floor(nowMs)}.key`;
    const path = join(this.#folder, file);
    const made = { key: this.#random(KEY_BYTES), file, madeMs: nowMs };
    writeFileSync(`${path}.new`, made.key, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
    this.#keys.set(day, made);
    return made;
  }
}
