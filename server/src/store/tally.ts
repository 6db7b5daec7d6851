/** Adds up counts by key. Keys are the same if their JSON is. Pure. */
export class Tally<K> {
  readonly #entries = new Map<string, { key: K; text: string; count: number }>();

  add(key: K, count: number): void {
    const text = JSON.stringify(key);
    const entry = this.#entries.get(text);
    if (entry) entry.count += count;
    else this.#entries.set(text, { key, text, count });
  }

  /** What does not come to nothing, in one order always. */
  entries(): { key: K; count: number }[] {
    const some = [...this.#entries.values()].filter(({ count }) => count !== 0);
    return some.sort((a, b) => (a.text < b.text ? -1 : 1));
  }
}
