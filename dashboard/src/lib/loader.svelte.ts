import { getJson } from './api.ts';

/** One answer of the API that is asked for again and again: what was last said, and why there is nothing newer. */
export class Loader<T> {
  data = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  #path = '';
  #asking: AbortController | null = null;

  /** Asks. Another path than before forgets the old answer; a failure keeps it, and says so. */
  async load(path: string): Promise<void> {
    if (path !== this.#path) {
      this.data = null;
      this.error = null;
    }
    this.#path = path;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const answer = await getJson<T>(path, asking.signal);
      if (asking.signal.aborted) return;
      this.data = answer;
      this.error = null;
    } catch (error) {
      if (!asking.signal.aborted) this.error = error;
    }
  }

  stop(): void {
    this.#asking?.abort();
  }
}
