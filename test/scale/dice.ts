/** Each number of 16 bits in hex. */
const HEX = Array.from({ length: 0x1_0000 }, (_, number) => number.toString(16).padStart(4, '0'));

/** Chance that is the same for the same seed and number, so that any part of a mixture can be made without the parts before it. */
export class Dice {
  #state: number;

  constructor(seed: number, index: number) {
    this.#state = mix(mix(seed | 0) ^ mix(Math.imul(index, 0x9e3779b1) | 0) ^ Math.floor(index / 0x1_0000_0000));
  }

  /** From 0 up to and without 1. */
  next(): number {
    return this.#word() / 0x1_0000_0000;
  }

  /** A whole number from 0 up to and without `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** From 0 up to and without `count`; 0 is the most frequent, and the n-th comes about 1/n as often (Zipf's law, exponent 1). */
  rank(count: number): number {
    return Math.min(count - 1, Math.floor((count + 1) ** this.next()) - 1);
  }

  /** `bytes` bytes, a multiple of 4, in hex. */
  hex(bytes: number): string {
    let text = '';
    for (let at = 0; at < bytes; at += 4) {
      const word = this.#word();
      text += `${HEX[word >>> 16]}${HEX[word & 0xffff]}`;
    }
    return text;
  }

  /** Mulberry32: a step of a Weyl sequence, then mixed. */
  #word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let word = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  }
}

/** The finaliser of MurmurHash3. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
