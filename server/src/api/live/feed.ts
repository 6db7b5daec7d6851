import type { Config } from '../../config.ts';
import type { Queryable } from '../../export/attempt-pages.ts';
import { etagOf } from '../etag.ts';
import { readAnnouncements } from '../queries/announcements.ts';
import { type FirstAt, readFirsts } from '../queries/firsts.ts';
import { readChanges, readNewest } from '../queries/live.ts';
import { newestChange, readMeta } from '../queries/log-state.ts';
import { readAlarms, readComponents } from '../queries/status.ts';
import { readSummary } from '../queries/summary.ts';
import { readTargets } from '../queries/targets.ts';
import type { ListedAttempt, Snapshot, StreamEvents, Summary, TargetStatus } from '../snapshot.ts';
import { feedOf, type Observed, type Status, statusOf } from '../status.ts';
import { targetStatus } from '../target-view.ts';
import { timeOf } from '../time.ts';
import type { FeedState } from './feed-state.ts';
import { Ring } from './ring.ts';

const RING_ROWS = 2000;
/** Rows read of one poll's changes; no stream shows more than a few of them anyway. */
const ROWS_PER_POLL = 200;
/** Changes that are read into the ring at the start, for streams that resume across a restart of this process. */
const RESUMABLE_AT_START = 500;
const SNAPSHOT_WINDOW = '24h';
const SNAPSHOT_FIRSTS = 12;
/** Kept for streams that resume. */
const FIRSTS_KEPT = 60;
/** A question that is not answered for so long will not be: the database is down, whether or not it says so. */
const SILENCE_MAX_MS = 5_000;

/** A snapshot as it is sent. `tag` changes when its content does. */
export interface SnapshotText {
  readonly value: Snapshot;
  readonly json: string;
  readonly tag: string;
}

/** The whole picture in memory, read from the database by one poller on behalf of all clients. */
export class Feed {
  readonly #database: Queryable;
  readonly #config: Config;
  readonly #now: () => number;
  #ring: Ring | null = null;
  #newest: ListedAttempt[] = [];
  #firsts: readonly FirstAt[] = [];
  #summary: Summary | null = null;
  #observed: Observed | null = null;
  #up = false;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #snapshot: SnapshotText | null = null;

  constructor(database: Queryable, config: Config, now: () => number = Date.now) {
    this.#database = database;
    this.#config = config;
    this.#now = now;
  }

  /** Null until the database has answered once. */
  get ring(): Ring | null {
    return this.#ring;
  }

  get summary(): Summary | null {
    return this.#summary;
  }

  /** The newest of what was never seen before, newest first. */
  get firsts(): readonly FirstAt[] {
    return this.#firsts;
  }

  /** Whether the database answers. */
  get up(): boolean {
    return this.#up && this.#now() - this.#answeredAt <= SILENCE_MAX_MS;
  }

  /** Takes what was published since. True if that was something. Throws what the database throws. */
  async poll(): Promise<boolean> {
    return this.#told(async () => {
      const change = await newestChange(this.#database);
      const ring = this.#ring;
      if (ring && change === ring.cursor) return false;
      if (!ring || change < ring.cursor) return this.#startOver(change);
      const rows = await readChanges(this.#database, ring.cursor, change, ROWS_PER_POLL);
      const firsts = await readFirsts(this.#database, ring.cursor, change, FIRSTS_KEPT);
      this.#newest = await readNewest(this.#database);
      this.#firsts = [...firsts, ...this.#firsts].slice(0, FIRSTS_KEPT);
      ring.add(rows, change);
      this.#snapshot = null;
      return true;
    });
  }

  /** Reads the numbers, targets and components again. */
  async refresh(): Promise<void> {
    await this.#told(async () => {
      const [summary, targets, components, alarms, announcements, meta] = await Promise.all([
        readSummary(this.#database, SNAPSHOT_WINDOW, {}, this.#now()),
        readTargets(this.#database),
        readComponents(this.#database),
        readAlarms(this.#database),
        readAnnouncements(this.#database, this.#now),
        readMeta(this.#database, this.#now),
      ]);
      this.#summary = summary;
      this.#observed = { targets, components, alarms, announcements, meta };
      this.#snapshot = null;
    });
  }

  status(): Status {
    return statusOf(this.#observed, this.up, this.#config, this.#now() * 1000);
  }

  /** Whether what is shown is what happens. */
  state(): FeedState {
    return feedOf(this.#observed, this.up, this.#now() * 1000);
  }

  /** What streams are told of the state of everything. */
  streamStatus(): StreamEvents['status'] {
    return { health: this.status().overall, targets: this.targets(), feed: this.state() };
  }

  targets(): TargetStatus[] {
    return (this.#observed?.targets ?? []).map(row => targetStatus(row, this.#config));
  }

  /** Null until the database has answered once. While it is down, the last one, which says so. */
  snapshot(): SnapshotText | null {
    if (!this.#ring || !this.#summary || !this.#observed) return null;
    // It may become old without anything new.
    if (this.#snapshot?.value.feed.state !== this.state().state) this.#snapshot = null;
    this.#snapshot ??= this.#makeSnapshot(this.#ring.cursor, this.#summary);
    return this.#snapshot;
  }

  #makeSnapshot(cursor: number, summary: Summary): SnapshotText {
    const content: Omit<Snapshot, 'generatedAt'> = {
      cursor,
      site: this.#config.settings.PINATA_SITE,
      targets: this.targets(),
      health: this.status().overall,
      feed: this.state(),
      summary,
      attempts: this.#newest,
      firsts: this.#firsts.slice(0, SNAPSHOT_FIRSTS).map(({ first }) => first),
      announcements: [...(this.#observed?.announcements ?? [])],
    };
    const value = { ...content, generatedAt: timeOf(this.#now() * 1000) };
    return { value, json: JSON.stringify(value), tag: etagOf(JSON.stringify(content)) };
  }

  /** The first time, or when the log went back: the database is another one, so no stream may continue. */
  async #startOver(change: number): Promise<boolean> {
    const from = Math.max(0, change - RESUMABLE_AT_START);
    const ring = new Ring(RING_ROWS, this.#ring ? change : from);
    if (!this.#ring) ring.add(await readChanges(this.#database, from, change, RESUMABLE_AT_START), change);
    this.#newest = await readNewest(this.#database);
    this.#firsts = await readFirsts(this.#database, 0, change, FIRSTS_KEPT);
    this.#ring = ring;
    this.#snapshot = null;
    return true;
  }

  async #told<T>(ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      this.#answeredAt = this.#now();
      this.#setUp(true);
      return answer;
    } catch (error) {
      this.#setUp(false);
      throw error;
    }
  }

  #setUp(up: boolean): void {
    if (this.#up !== up) this.#snapshot = null;
    this.#up = up;
  }
}
