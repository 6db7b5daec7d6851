import { ChannelError } from './channel-frames.ts';

/** Texts are a guest's own short words; more than this is no word. */
const TEXT_MAX_BYTES = 1024;

/**
 * Reads a freshly decoded CBOR map field by field (and empties it), each exactly once and of exactly the expected type. `end` refuses whatever nobody
 * asked for. Every refusal is a ChannelError that names the field and repeats nothing of its content.
 */
export class Fields {
  readonly #map: Map<unknown, unknown>;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (!(value instanceof Map)) throw new ChannelError(`${where} is not a map`);
    this.#map = value;
    this.#where = where;
  }

  has(name: string): boolean {
    return this.#map.has(name);
  }

  uint(name: string, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
    throw this.#wrong(name, `a whole number up to ${max}`);
  }

  bool(name: string): boolean {
    const value = this.#take(name);
    if (typeof value === 'boolean') return value;
    throw this.#wrong(name, 'true or false');
  }

  /** Control characters become U+FFFD: the text goes to logs and terminals. */
  text(name: string): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || Buffer.byteLength(value) > TEXT_MAX_BYTES) {
      throw this.#wrong(name, `a text of up to ${TEXT_MAX_BYTES} bytes`);
    }
    return value.replaceAll(/\p{Cc}/gu, '\ufffd');
  }

  oneOf<const T extends string>(name: string, words: readonly T[]): T {
    const value = this.#take(name);
    const word = words.find(each => each === value);
    if (word !== undefined) return word;
    throw this.#wrong(name, `one of ${words.join(', ')}`);
  }

  /** A byte string of exactly `size` bytes. */
  bytes(name: string, size: number): Uint8Array {
    const value = this.#take(name);
    if (value instanceof Uint8Array && value.length === size) return value;
    throw this.#wrong(name, `${size} bytes`);
  }

  hex(name: string, size: number): string {
    return Buffer.from(this.bytes(name, size)).toString('hex');
  }

  /** A byte string of 1 to `max` bytes, as base64. */
  base64(name: string, max: number): string {
    const value = this.#take(name);
    if (value instanceof Uint8Array && value.length > 0 && value.length <= max) {
      return Buffer.from(value).toString('base64');
    }
    throw this.#wrong(name, `1 to ${max} bytes`);
  }

  list(name: string, min: number, max: number): readonly unknown[] {
    const value = this.#take(name);
    if (Array.isArray(value) && value.length >= min && value.length <= max) return value;
    throw this.#wrong(name, `a list of ${min} to ${max}`);
  }

  end(): void {
    if (this.#map.size > 0) throw new ChannelError(`${this.#where} has ${this.#map.size} fields too many`);
  }

  #take(name: string): unknown {
    const value = this.#map.get(name);
    this.#map.delete(name);
    return value;
  }

  #wrong(name: string, wanted: string): ChannelError {
    return new ChannelError(`${this.#where}.${name} is not ${wanted}`);
  }
}
