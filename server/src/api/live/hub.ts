import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { PinataError } from '../../errors.ts';
import { LIMITS, type Limits } from '../limits.ts';
import { Places } from '../places.ts';
import { Bulletin } from './bulletin.ts';
import type { Feed } from './feed.ts';
import { FrameCache, type Sink, Stream } from './stream.ts';

/** Each round sends a stream one frame of attempts and one other, so that two rounds a second make four frames at most. */
const ROUND_MIN_MS = 500;
const TICK_MS = 510;
const IDLE_TICK_MS = 1_000;
/** A database that does not answer must not keep streams from being told so. */
const SILENCE_MAX_MS = 1_000;
const REFRESH_MS = 2_000;
const BEAT_MS = 10_000;

/** The live streams: one poller, any number of clients. */
export class Hub {
  readonly #feed: Feed;
  readonly #log: Pick<Logger, 'warn' | 'info'>;
  readonly #now: () => number;
  readonly #places: Places;
  readonly #streams = new Set<Stream>();
  readonly #bulletin = new Bulletin();
  #frames = new FrameCache();
  readonly #stopping = new AbortController();
  #running: Promise<unknown> | null = null;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #deliveredAt = Number.NEGATIVE_INFINITY;

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
    this.#running ??= Promise.all([this.#run(), this.#heart(), this.#watch()]);
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
    this.#bulletin.take(this.#feed);
    const stream = new Stream(sink, ring, after ?? ring.cursor, this.#bulletin.version('beat'));
    this.#streams.add(stream);
    stream.begin(this.#bulletin, this.#frames, now);
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
    this.deliver();
  }

  /** The next round tells every stream that the line is alive, whatever the database does. */
  beat(): void {
    this.#bulletin.beat(this.#now(), this.#feed.state().completeUntil);
  }

  /** Tells every stream what is new, unless it has just been told. */
  deliver(): void {
    const now = this.#now();
    const { ring } = this.#feed;
    if (!ring || now - this.#deliveredAt < ROUND_MIN_MS) return;
    this.#deliveredAt = now;
    this.#bulletin.take(this.#feed);
    this.#frames = new FrameCache();
    for (const stream of this.#streams) stream.tick(ring, this.#bulletin, this.#frames, now);
  }

  async #run(): Promise<void> {
    while (await this.#pause(this.#streams.size > 0 ? TICK_MS : IDLE_TICK_MS)) await this.tick();
  }

  async #heart(): Promise<void> {
    while (await this.#pause(BEAT_MS)) this.beat();
  }

  async #watch(): Promise<void> {
    while (await this.#pause(SILENCE_MAX_MS)) {
      if (this.#now() - this.#deliveredAt >= SILENCE_MAX_MS) this.deliver();
    }
  }

  /** False when the hub stops. */
  async #pause(ms: number): Promise<boolean> {
    const { signal } = this.#stopping;
    await delay(ms, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }
}

/** The driver's errors carry their whole connection: one line of them is enough. */
function reasonOf(error: unknown): string {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return root instanceof Error ? root.message : String(root);
}
