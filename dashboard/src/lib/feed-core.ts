import { type Arrivals, admit, arrivalsOf, NO_ARRIVALS, offer, showAll } from './arrivals.ts';
import type { First, ListedAttempt, Snapshot, StreamEvents, Summary, TargetStatus } from './generated/api.ts';

/** Two missed heartbeats (they come each 10 s). */
const DELAYED_AFTER_MS = 21_000;
export const POLL_EVERY_MS = 5_000;
/** How often a broken stream is retried before polling takes over, and after how many polls the stream is tried again. */
const STREAM_FAILURES = 3;
const POLLS_BEFORE_STREAM = 6;
const TICK_MS = 1_000;
const CLOCKS_AGREE_MS = 3_000;
const FIRSTS_KEPT = 12;

export type FeedState = 'starting' | 'live' | 'delayed' | 'reconnecting' | 'polling' | 'paused';

/** All that the live page shows of the feed. A new one for each change. */
export interface FeedView {
  readonly state: FeedState;
  /** When the service was last heard of, by this clock; 0: never. */
  readonly lastSign: number;
  readonly arrivals: Arrivals;
  readonly summary: Summary | null;
  readonly targets: readonly TargetStatus[];
  readonly firsts: readonly First[];
  readonly health: string;
  /** What the service says of itself: whether what it has is what happens. */
  readonly origin: Snapshot['feed'];
  /** Published, but too fast to be sent one by one. */
  readonly skipped: number;
  /** What to add to this clock to have the service's, ms. */
  readonly clockOffset: number;
}

const NOTHING: FeedView = {
  state: 'starting',
  lastSign: 0,
  arrivals: NO_ARRIVALS,
  summary: null,
  targets: [],
  firsts: [],
  health: 'ok',
  origin: { state: 'live', because: null, completeUntil: null },
  skipped: 0,
  clockOffset: 0,
};

/** The part of an EventSource that is used. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(name: string, take: (event: { data?: string }) => void): void;
  close(): void;
}
const CLOSED = 2;

/** What the feed needs of the browser. */
export interface FeedWorld {
  stream(path: string): EventStream;
  snapshot(): Promise<Snapshot>;
  now(): number;
  /** Calls again and again until the answer is called. */
  every(ms: number, act: () => void): () => void;
}

/** What came in: for those who tell of it. */
export interface FeedListener {
  changed(view: FeedView): void;
  arrived?(rows: readonly ListedAttempt[]): void;
}

/**
 * The live picture: a snapshot, then the stream from its cursor. What the stream left out is counted, never hidden. Where the
 * stream cannot be had, the snapshot is polled, and the stream tried again now and then. Its state says which of these it is.
 */
export class FeedCore {
  readonly #world: FeedWorld;
  readonly #listener: FeedListener;
  #view: FeedView = NOTHING;
  #source: EventStream | null = null;
  #stopPolling: (() => void) | null = null;
  #stopTicking: (() => void) | null = null;
  #cursor = 0;
  #failures = 0;
  #polls = 0;
  #held = false;
  #isRunning = false;

  constructor(snapshot: Snapshot | null, world: FeedWorld, listener: FeedListener) {
    this.#world = world;
    this.#listener = listener;
    if (snapshot) this.#begin(snapshot);
  }

  get view(): FeedView {
    return this.#view;
  }

  async start(): Promise<void> {
    this.#isRunning = true;
    this.#stopTicking ??= this.#world.every(TICK_MS, () => this.#tick());
    if (this.#cursor === 0) await this.#refresh();
    if (this.#isRunning && this.#view.state !== 'paused') this.#open();
  }

  stop(): void {
    this.#isRunning = false;
    this.#close();
    this.#stopTicking?.();
    this.#stopTicking = null;
  }

  pause(): void {
    this.#close();
    this.#change({ state: 'paused' });
  }

  resume(): void {
    this.#failures = 0;
    this.#change({ state: 'reconnecting' });
    this.#open();
  }

  /** The browser says that there is no network: no need to wait for silence. */
  offline(): void {
    if (this.#view.state !== 'paused') this.#change({ state: 'reconnecting' });
  }

  /** There is one again. */
  online(): void {
    if (this.#view.state !== 'paused') this.resume();
  }

  /** Whether the list is being read: then nothing new comes in by itself. */
  hold(held: boolean): void {
    this.#held = held;
  }

  showAll(): void {
    this.#change({ arrivals: showAll(this.#view.arrivals) });
  }

  #open(): void {
    this.#close();
    if (this.#view.state !== 'live') this.#change({ state: 'reconnecting' });
    const source = this.#world.stream(`/api/v1/stream?after=${this.#cursor}`);
    this.#source = source;
    const on = <K extends keyof StreamEvents>(name: K, take: (data: StreamEvents[K]) => void) =>
      source.addEventListener(name, event => {
        if (this.#source !== source) return;
        this.#signOfLife();
        take(JSON.parse(event.data ?? '{}') as StreamEvents[K]);
      });
    on('hello', ({ now }) => this.#compareClocks(now));
    on('beat', ({ now, completeUntil }) => {
      this.#compareClocks(now);
      this.#change({ origin: { ...this.#view.origin, completeUntil } });
    });
    on('stats', summary => this.#change({ summary }));
    on('status', ({ targets, health, feed }) => this.#change({ targets, health, origin: feed }));
    on('attempts', data => this.#merge(data));
    on('firsts', ({ rows }) => this.#change({ firsts: newestFirsts(rows, this.#view.firsts) }));
    on('reset', () => void this.#restart());
    source.addEventListener('error', () => {
      if (this.#source === source) this.#failed(source);
    });
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    this.#stopPolling?.();
    this.#stopPolling = null;
  }

  #signOfLife(): void {
    this.#failures = 0;
    this.#change({ state: 'live', lastSign: this.#world.now() });
  }

  /** The service's times are cut to the second: a smaller difference is none. */
  #compareClocks(now: string): void {
    const offset = Date.parse(now) - this.#world.now();
    this.#change({ clockOffset: Math.abs(offset) > CLOCKS_AGREE_MS ? offset : 0 });
  }

  /** The browser reconnects by itself (with Last-Event-ID) unless the answer was no stream at all. */
  #failed(source: EventStream): void {
    this.#change({ state: 'reconnecting' });
    this.#failures += 1;
    if (source.readyState !== CLOSED && this.#failures < STREAM_FAILURES) return;
    this.#close();
    this.#polls = 0;
    this.#stopPolling = this.#world.every(POLL_EVERY_MS, () => void this.#pollOnce());
    void this.#pollOnce();
  }

  async #pollOnce(): Promise<void> {
    const wasLost = this.#view.state === 'reconnecting' && this.#polls > 0;
    const isThere = await this.#refresh();
    if (!this.#stopPolling) return;
    if (!isThere) {
      this.#polls += 1;
      return;
    }
    this.#polls += 1;
    // A service that is back has room for a stream, most likely; one that refused it may have room later.
    if (wasLost || this.#polls % POLLS_BEFORE_STREAM === 0) this.#open();
    else this.#change({ state: 'polling' });
  }

  async #restart(): Promise<void> {
    const source = this.#source;
    await this.#refresh();
    if (this.#source === source && source) this.#open();
  }

  /** False if the service did not answer. */
  async #refresh(): Promise<boolean> {
    try {
      const snapshot = await this.#world.snapshot();
      if (this.#view.state === 'paused') return false;
      if (this.#cursor === 0) this.#begin(snapshot);
      else this.#renew(snapshot);
      this.#change({ lastSign: this.#world.now() });
      return true;
    } catch {
      if (this.#view.state !== 'paused') this.#change({ state: 'reconnecting' });
      return false;
    }
  }

  #begin(snapshot: Snapshot): void {
    this.#cursor = snapshot.cursor;
    this.#change({ ...numbersOf(snapshot), arrivals: arrivalsOf(snapshot.attempts) });
  }

  #renew(snapshot: Snapshot): void {
    this.#cursor = snapshot.cursor;
    this.#change(numbersOf(snapshot));
    this.#arrive(snapshot.attempts);
  }

  #merge({ rows, skipped }: StreamEvents['attempts']): void {
    this.#cursor = Math.max(this.#cursor, ...rows.map(row => row.change), ...skipped.map(({ to }) => to));
    const tooFast = skipped.reduce((sum, { count }) => sum + count, 0);
    if (tooFast > 0) this.#change({ skipped: this.#view.skipped + tooFast });
    this.#arrive(rows);
  }

  #arrive(rows: readonly ListedAttempt[]): void {
    const before = this.#view.arrivals;
    const known = new Set([...before.shown, ...before.waiting, ...before.passed].map(row => row.id));
    this.#change({ arrivals: offer(before, rows) });
    const fresh = this.#view.arrivals.waiting.filter(row => !known.has(row.id));
    if (fresh.length > 0) this.#listener.arrived?.(fresh);
  }

  #tick(): void {
    const { state, lastSign, arrivals } = this.#view;
    if (state === 'live' && this.#world.now() - lastSign > DELAYED_AFTER_MS) this.#change({ state: 'delayed' });
    if (state === 'paused' || this.#held || arrivals.waiting.length === 0) return;
    this.#change({ arrivals: admit(arrivals) });
  }

  #change(some: Partial<FeedView>): void {
    this.#view = { ...this.#view, ...some };
    this.#listener.changed(this.#view);
  }
}

function numbersOf(snapshot: Snapshot): Pick<FeedView, 'summary' | 'targets' | 'health' | 'origin' | 'firsts'> {
  const { summary, targets, health, feed: origin, firsts } = snapshot;
  return { summary, targets, health, origin, firsts };
}

/** What to call the feed: a line that is alive is delayed all the same where what it carries is old. */
export function stateOf({ state, origin }: Pick<FeedView, 'state' | 'origin'>): FeedState {
  return (state === 'live' || state === 'polling') && origin.state !== 'live' ? 'delayed' : state;
}

function newestFirsts(fresh: readonly First[], known: readonly First[]): First[] {
  const byName = new Map([...known, ...fresh].map(first => [`${first.kind} ${first.value}`, first]));
  return [...byName.values()].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, FIRSTS_KEPT);
}
