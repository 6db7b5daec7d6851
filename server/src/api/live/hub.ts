import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PinataError } from '../../errors.ts';
import { LIMITS, type Limits } from '../limits.ts';
import { Places } from '../places.ts';
import type { StreamEvents, Summary } from '../snapshot.ts';
import { timeOf } from '../time.ts';
import type { Feed } from './feed.ts';
import { FrameCache, type Sink, Stream } from './stream.ts';

/** Three frames of attempts a second leave room for one of the others: four in all. */
const TICK_MS = 334;
const IDLE_TICK_MS = 1_000;
const REFRESH_MS = 2_000;
const BEAT_MS = 10_000;

/** The live streams: one poller, any number of clients. */
export class Hub {
  readonly #feed: Feed;
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  readonly #now: () => number;
  readonly #places: Places;
  readonly #streams = new Set<Stream>();
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | null = null;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #sentStats = '';
  #sentStatus = '';

  constructor(feed: Feed, log: Pick<Logger, 'warn' | 'info'>, limits: Limits = LIMITS, now: () => number = Date.now) {
    this.#feed = feed;
    this.#log = log;
    this.#now = now;
    this.#places = new Places(limits.streamsPerAddress, limits.streams);
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Reads the database once, then goes on by itself. Does not fail when the database is down. */
  async start(): Promise<void> {
    await this.tick();
    this.#running ??= Promise.all([this.#run(), this.#heart()]);
  }

  /** Ends every stream and stops polling. Twice is fine. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const stream of this.#streams) stream.end();
    await this.#running;
  }

  /**
   * Adds a client that has seen everything up to `after` (null: nothing, it starts from now). `makeSink` begins the response; it is
   * called only once there is a place. Throws STREAM_FULL, and DATABASE_UNAVAILABLE while nothing is known yet.
   */
  open(address: string, after: number | null, makeSink: (closed: () => void) => Sink): Stream {
    const ring = this.#feed.ring;
    if (!ring) throw new PinataError('DATABASE_UNAVAILABLE');
    const leave = this.#stopping.signal.aborted ? null : this.#places.take(address);
    if (!leave) throw new PinataError('STREAM_FULL');
    const now = this.#now();
    const sink = makeSink(() => {
      leave();
      this.#streams.delete(stream);
    });
    const stream = new Stream(sink, after ?? ring.cursor, now);
    this.#streams.add(stream);
    stream.send('hello', { cursor: stream.cursor, now: timeOf(now * 1000) }, now);
    if (this.#feed.summary) stream.send('stats', this.#feed.summary, now);
    stream.send('status', this.#status(), now);
    stream.advance(ring, now, new FrameCache());
    return stream;
  }

  /** One round: asks the database, then tells every stream what is new. */
  async tick(): Promise<void> {
    const now = this.#now();
    const wasUp = this.#feed.up;
    try {
      await this.#feed.poll();
      if (now - this.#refreshedAt >= REFRESH_MS) {
        await this.#feed.refresh();
        this.#refreshedAt = now;
      }
      if (!wasUp) this.#log.info('the live feed reads the database');
    } catch (error) {
      if (wasUp) this.#log.warn({ reason: reasonOf(error) }, 'the live feed cannot read the database');
    }
    this.#deliver(this.#now());
  }

  /** Tells every stream that the line is alive, whatever the database does. */
  beat(): void {
    const now = this.#now();
    for (const stream of this.#streams) {
      stream.send('beat', { now: timeOf(now * 1000), cursor: stream.cursor }, now);
    }
  }

  async #run(): Promise<void> {
    while (await this.#pause(this.#streams.size > 0 ? TICK_MS : IDLE_TICK_MS)) await this.tick();
  }

  async #heart(): Promise<void> {
    while (await this.#pause(BEAT_MS)) this.beat();
  }

  /** False when the hub stops. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#stopping;
    await delay(ms, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }

  #deliver(now: number): void {
    const ring = this.#feed.ring;
    const frames = new FrameCache();
    const stats = this.#newStats();
    const status = this.#newStatus();
    for (const stream of this.#streams) {
      if (ring) stream.advance(ring, now, frames);
      if (stats) stream.send('stats', stats, now);
      if (status) stream.send('status', status, now);
    }
  }

  #newStats(): Summary | null {
    const summary = this.#feed.summary;
    const text = JSON.stringify(summary);
    if (!summary || text === this.#sentStats) return null;
    this.#sentStats = text;
    return summary;
  }

  #newStatus(): StreamEvents['status'] | null {
    const status = this.#status();
    const text = JSON.stringify(status);
    if (text === this.#sentStatus) return null;
    this.#sentStatus = text;
    return status;
  }

  #status(): StreamEvents['status'] {
    return { health: this.#feed.status().overall, targets: this.#feed.targets() };
  }
}

/** The driver's errors carry their whole connection: one line of them is enough. */
function reasonOf(error: unknown): string {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return root instanceof Error ? root.message : String(root);
}
