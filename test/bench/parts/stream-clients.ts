import { request } from 'node:http';
import type { StreamEvents } from '../../../server/src/api/snapshot.ts';

/**
 * Many readers of the live stream in one process, which is not the api's: `node stream-clients.ts PORT COUNT PER_ADDRESS CURSOR GROUP`.
 * Each address of loopback has a few of them. Tells its parent when all are open, and on the message `stop` what each frame was.
 */
const [port = 0, count = 0, perAddress = 1, cursor = 0, group = 0] = process.argv.slice(2).map(Number);

/** What is sent to the parent. */
export type FromClients =
  | { kind: 'open' }
  | { kind: 'failed'; why: string }
  | {
      kind: 'done';
      /** For each change: how many readers were told of it, and when the last of them was (epoch ms). */
      tellings: { change: number; readers: number; lastMs: number }[];
      /** One in so many frames of attempts: the first change that it covers, and when it came. */
      frames: { firstChange: number; atMs: number }[];
      attemptFrames: number;
      allFrames: number;
      maxFramesPerSecond: number;
      maxRowsPerSecond: number;
    };

const OPEN_AT_ONCE = 50;
const tellings = new Map<number, { readers: number; lastMs: number }>();
const frames: { firstChange: number; atMs: number }[] = [];
const counted = { attemptFrames: 0, allFrames: 0, maxFramesPerSecond: 0, maxRowsPerSecond: 0 };
let measuredFromMs = Number.POSITIVE_INFINITY;

/** One reader: keeps its place, and how much came in the last second. */
class Reader {
  #covered = cursor;
  #text = '';
  readonly #recent: { atMs: number; rows: number }[] = [];

  take(chunk: string): void {
    const blocks = (this.#text + chunk).split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) this.#event(block, Date.now());
  }

  #event(block: string, atMs: number): void {
    const event = /^event: (\w+)$/m.exec(block)?.[1];
    if (event === undefined) return;
    let rows = 0;
    if (event === 'attempts') rows = this.#attempts(block, atMs);
    if (event === 'reset') send({ kind: 'failed', why: 'a stream was reset' });
    counted.allFrames += 1;
    // The first events come all at once.
    if (atMs < measuredFromMs) return;
    this.#recent.push({ atMs, rows });
    while (atMs - (this.#recent[0]?.atMs ?? atMs) >= 1000) this.#recent.shift();
    counted.maxFramesPerSecond = Math.max(counted.maxFramesPerSecond, this.#recent.length);
    const shown = this.#recent.reduce((sum, one) => sum + one.rows, 0);
    counted.maxRowsPerSecond = Math.max(counted.maxRowsPerSecond, shown);
  }

  #attempts(block: string, atMs: number): number {
    const id = Number(/^id: (\d+)$/m.exec(block)?.[1]);
    const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as StreamEvents['attempts'];
    frames.push({ firstChange: this.#covered + 1, atMs });
    counted.attemptFrames += 1;
    for (const { change } of data.rows) tell(change, atMs);
    for (const { from, to } of data.skipped) for (let change = from; change <= to; change++) tell(change, atMs);
    this.#covered = id;
    return data.rows.length;
  }
}

function tell(change: number, atMs: number): void {
  const known = tellings.get(change) ?? { readers: 0, lastMs: 0 };
  tellings.set(change, { readers: known.readers + 1, lastMs: atMs });
}

function open(index: number): Promise<void> {
  const localAddress = `127.20.${group}.${1 + Math.floor(index / perAddress)}`;
  return new Promise(resolve => {
    const asked = request({
      host: '127.0.0.1',
      port,
      localAddress,
      path: `/api/v1/stream?after=${cursor}`,
      agent: false,
    });
    asked.once('response', response => {
      if (response.statusCode !== 200)
        send({ kind: 'failed', why: `a stream was answered with ${response.statusCode}` });
      const reader = new Reader();
      response.setEncoding('utf8');
      response.on('data', chunk => reader.take(chunk));
      response.on('error', error => send({ kind: 'failed', why: error.message }));
      response.once('end', () => send({ kind: 'failed', why: 'a stream was ended' }));
      resolve();
    });
    asked.on('error', error => send({ kind: 'failed', why: error.message }));
    asked.end();
  });
}

function send(message: FromClients): void {
  process.send?.(message);
}

process.on('message', message => {
  if (message === 'measure') measuredFromMs = Date.now();
  if (message !== 'stop') return;
  const all = [...tellings].map(([change, telling]) => ({ change, ...telling }));
  process.send?.({ kind: 'done', tellings: all, frames, ...counted } satisfies FromClients, () => process.exit(0));
});
for (let index = 0; index < count; index += OPEN_AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(OPEN_AT_ONCE, count - index) }, (_, step) => open(index + step)));
}
send({ kind: 'open' });
