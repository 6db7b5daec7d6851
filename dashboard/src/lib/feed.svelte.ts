import type { ListedAttempt, Snapshot, StreamEvents, Summary, TargetStatus } from '../../../server/src/api/snapshot.ts';
import { getJson } from './api.ts';

const KEPT_ROWS = 50;
/** Two missed heartbeats (they come each 10 s). */
const DELAYED_AFTER_MS = 21_000;
const POLL_EVERY_MS = 5_000;
/** How often a broken stream is retried before polling takes over. */
const STREAM_FAILURES = 3;

export type FeedState = 'starting' | 'live' | 'delayed' | 'reconnecting' | 'polling' | 'paused';

/**
 * The live picture: a snapshot, then the stream from its cursor. What the stream left out is counted, never hidden. Where the
 * stream cannot be had, the snapshot is polled.
 */
export class Feed {
  state = $state<FeedState>('starting');
  snapshot = $state.raw<Snapshot | null>(null);
  attempts = $state.raw<ListedAttempt[]>([]);
  summary = $state.raw<Summary | null>(null);
  targets = $state.raw<TargetStatus[]>([]);
  health = $state('ok');
  /** Attempts that were published but not sent one by one. */
  skipped = $state(0);
  lastSign = $state(0);

  #source: EventSource | null = null;
  #poll: ReturnType<typeof setInterval> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #cursor = 0;
  #failures = 0;

  constructor(snapshot: Snapshot | null) {
    if (snapshot) this.#take(snapshot);
  }

  async start(): Promise<void> {
    this.#watch ??= setInterval(() => this.#lookForSilence(), 1000);
    if (!this.snapshot) await this.#refresh();
    this.#open();
  }

  stop(): void {
    this.#close();
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  pause(): void {
    this.#close();
    this.state = 'paused';
  }

  resume(): void {
    this.#failures = 0;
    this.#open();
  }

  #open(): void {
    this.#close();
    if (this.state !== 'live') this.state = 'reconnecting';
    const source = new EventSource(`/api/v1/stream?after=${this.#cursor}`);
    this.#source = source;
    const on = <K extends keyof StreamEvents>(name: K, take: (data: StreamEvents[K]) => void) =>
      source.addEventListener(name, event => {
        this.#signOfLife();
        take(JSON.parse((event as MessageEvent<string>).data) as StreamEvents[K]);
      });
    on('hello', () => undefined);
    on('beat', () => undefined);
    on('stats', summary => (this.summary = summary));
    on('status', status => {
      this.targets = status.targets;
      this.health = status.health;
    });
    on('attempts', data => this.#merge(data));
    on('reset', () => void this.#restart());
    source.addEventListener('error', () => this.#failed());
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #signOfLife(): void {
    this.lastSign = Date.now();
    this.#failures = 0;
    this.state = 'live';
  }

  /** The browser reconnects by itself (with Last-Event-ID) unless the answer was no stream at all. */
  #failed(): void {
    if (this.state === 'paused') return;
    this.state = 'reconnecting';
    this.#failures += 1;
    if (this.#source?.readyState !== EventSource.CLOSED && this.#failures < STREAM_FAILURES) return;
    this.#close();
    this.state = 'polling';
    this.#poll = setInterval(() => void this.#refresh(), POLL_EVERY_MS);
    void this.#refresh();
  }

  async #restart(): Promise<void> {
    await this.#refresh();
    this.#open();
  }

  async #refresh(): Promise<void> {
    try {
      this.#take(await getJson<Snapshot>('/live/snapshot.json'));
      this.lastSign = Date.now();
    } catch {
      if (this.state !== 'paused') this.state = 'reconnecting';
    }
  }

  #take(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.attempts = snapshot.attempts;
    this.summary = snapshot.summary;
    this.targets = snapshot.targets;
    this.health = snapshot.health;
    this.#cursor = snapshot.cursor;
  }

  #merge(data: StreamEvents['attempts']): void {
    this.skipped += data.skipped.reduce((sum, range) => sum + range.count, 0);
    const known = new Map(this.attempts.map(row => [row.id, row]));
    for (const row of data.rows) {
      known.set(row.id, row);
      this.#cursor = Math.max(this.#cursor, row.change);
    }
    this.attempts = [...known.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT_ROWS);
  }

  #lookForSilence(): void {
    if (this.state === 'live' && Date.now() - this.lastSign > DELAYED_AFTER_MS) this.state = 'delayed';
  }
}
