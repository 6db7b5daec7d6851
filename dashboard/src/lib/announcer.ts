import { depthName } from './depths.ts';
import { count } from './format.ts';

/** The live region speaks no more often than this. */
export const SPEAK_EVERY_MS = 20_000;

/** Gathers what happened and says it in one sentence now and then, for those who hear the page. */
export class Announcer {
  #spokeAt = Number.NEGATIVE_INFINITY;
  #attempts = 0;
  #deepest = 0;
  #remark: string | null = null;

  /** Attempts came in, the deepest of them this deep. */
  attempts(many: number, deepest: number): void {
    this.#attempts += many;
    this.#deepest = Math.max(this.#deepest, deepest);
  }

  /** Something else to be said; only the last one counts. */
  remark(text: string): void {
    this.#remark = text;
  }

  /** What to say now; null: nothing, or not yet. */
  speak(nowMs: number): string | null {
    const said = [this.#remark, this.#newAttempts()].filter(part => part !== null);
    if (said.length === 0 || nowMs - this.#spokeAt < SPEAK_EVERY_MS) return null;
    this.#spokeAt = nowMs;
    this.#attempts = 0;
    this.#deepest = 0;
    this.#remark = null;
    return said.join(' ');
  }

  #newAttempts(): string | null {
    if (this.#attempts === 0) return null;
    const one = this.#attempts === 1;
    return `${count(this.#attempts)} new ${one ? 'attempt' : 'attempts'}, ${one ? 'step' : 'the deepest'}: ${depthName(this.#deepest)}.`;
  }
}
