import type { StreamEvents } from '../snapshot.ts';
import { timeOf } from '../time.ts';
import type { Feed } from './feed.ts';
import { eventText } from './frame.ts';

/** Events beside attempts, the most urgent first. */
export const NOTICES = ['status', 'firsts', 'stats', 'beat'] as const;
export type Notice = (typeof NOTICES)[number];

/** Which version of each a stream has been told of. For firsts that is a change. */
export type Told = Record<Notice, number>;

/** Firsts in one event: invented fingerprints come by the thousand. */
const FIRSTS_MAX = 12;

/** The newest of what every stream is told beside attempts. */
export class Bulletin {
  readonly #versions: Told = { status: 0, firsts: 0, stats: 0, beat: 0 };
  #compared = { status: '', stats: '' };
  #texts = { status: '', stats: '' };
  #firsts: Feed['firsts'] = [];
  #beat: Omit<StreamEvents['beat'], 'cursor'> = { now: '', completeUntil: null };

  /** Takes what the feed says now. What says the same as before is no news. */
  take(feed: Pick<Feed, 'summary' | 'firsts' | 'streamStatus'>): void {
    const status = feed.streamStatus();
    const { completeUntil: _always, ...state } = status.feed;
    this.#put('status', JSON.stringify({ ...status, feed: state }), status);
    if (feed.summary) this.#put('stats', JSON.stringify(feed.summary), feed.summary);
    this.#firsts = feed.firsts;
    this.#versions.firsts = feed.firsts[0]?.change ?? 0;
  }

  /** A new sign of life. */
  beat(nowMs: number, completeUntil: string | null): void {
    this.#beat = { now: timeOf(nowMs * 1000), completeUntil };
    this.#versions.beat += 1;
  }

  version(notice: Notice): number {
    return this.#versions[notice];
  }

  isNews(notice: Notice, told: Told): boolean {
    return this.#versions[notice] > told[notice];
  }

  /** The event for a stream that was told so much and stands at `cursor`. */
  text(notice: Notice, told: Told, cursor: number): string {
    if (notice === 'beat') return eventText('beat', { ...this.#beat, cursor });
    if (notice === 'firsts') return eventText('firsts', { rows: this.#firstsAfter(told.firsts) });
    return this.#texts[notice];
  }

  /** Streams with the same key get the same text. */
  key(notice: Notice, told: Told, cursor: number): string {
    if (notice === 'beat') return `beat ${cursor}`;
    return notice === 'firsts' ? `firsts ${told.firsts}` : notice;
  }

  #firstsAfter(change: number) {
    return this.#firsts
      .filter(one => one.change > change)
      .slice(0, FIRSTS_MAX)
      .map(({ first }) => first);
  }

  #put<N extends 'status' | 'stats'>(notice: N, compared: string, data: StreamEvents[N]): void {
    if (this.#compared[notice] === compared) return;
    this.#compared[notice] = compared;
    this.#texts[notice] = eventText(notice, data);
    this.#versions[notice] += 1;
  }
}
