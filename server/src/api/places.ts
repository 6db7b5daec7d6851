import { addressKey } from './address-key.ts';

/** Counts what is open per address and in all. */
export class Places {
  readonly #perAddress: number;
  readonly #all: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  constructor(perAddress: number, all: number) {
    this.#perAddress = perAddress;
    this.#all = all;
  }

  /** Takes a place for this address. Null if there is none; otherwise a function that gives it back, once. */
  take(address: string): (() => void) | null {
    const key = addressKey(address);
    const held = this.#taken.get(key) ?? 0;
    if (held >= this.#perAddress || this.#total >= this.#all) return null;
    this.#taken.set(key, held + 1);
    this.#total += 1;
    let free = false;
    return () => {
      if (free) return;
      free = true;
      this.#giveBack(key);
    };
  }

  get taken(): number {
    return this.#total;
  }

  #giveBack(key: string): void {
    const held = this.#taken.get(key) ?? 0;
    if (held > 1) this.#taken.set(key, held - 1);
    else this.#taken.delete(key);
    this.#total -= 1;
  }
}
