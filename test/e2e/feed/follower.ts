import { type IncomingMessage, request } from 'node:http';
import type { StreamEvents } from '../../../server/src/api/snapshot.ts';

/** How a connection ended. */
export type End = 'ended' | 'refused';

/** A reader of the live stream that goes on from where it was, as the standard wants it: only whole events count. */
export class Follower {
  /** Every change it was told of, as a row or as skipped, as often as it was. */
  readonly changes: number[] = [];
  readonly counts = { rows: 0, skipped: 0, resets: 0 };
  #lastId: string;
  #request: ReturnType<typeof request> | null = null;

  constructor(cursor: number) {
    this.#lastId = String(cursor);
  }

  get lastId(): number {
    return Number(this.#lastId);
  }

  /** Reads until the connection ends, for whatever reason. `isResumedByHeader`: by Last-Event-ID, otherwise by `after`. */
  follow(port: number, isResumedByHeader: boolean): Promise<End> {
    const headers = isResumedByHeader ? { 'last-event-id': this.#lastId } : {};
    const path = `/api/v1/stream?after=${isResumedByHeader ? 0 : this.#lastId}`;
    return new Promise(resolve => {
      const asked = request({ host: '127.0.0.1', port, path, headers, agent: false });
      this.#request = asked;
      asked.once('response', response => {
        if (response.statusCode === 200) this.#read(response);
        else response.resume();
        response.once('close', () => resolve(response.statusCode === 200 ? 'ended' : 'refused'));
      });
      asked.on('error', () => resolve('refused'));
      asked.end();
    });
  }

  /** Leaves in the middle of whatever comes. */
  abort(): void {
    this.#request?.destroy();
  }

  #read(response: IncomingMessage): void {
    let text = '';
    response.setEncoding('utf8');
    response.on('error', () => {});
    response.on('data', chunk => {
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    });
  }

  #take(block: string): void {
    const [, event] = /^event: (\w+)$/m.exec(block) ?? [];
    if (event === 'reset') this.counts.resets += 1;
    const [, id] = /^id: (\d+)$/m.exec(block) ?? [];
    if ((id !== undefined) !== (event === 'attempts')) throw new Error(`an id is for attempts alone: ${block}`);
    if (id === undefined) return;
    const { rows, skipped } = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as StreamEvents['attempts'];
    this.counts.rows += rows.length;
    for (const { change } of rows) this.changes.push(change);
    for (const { from, to, count } of skipped) {
      this.counts.skipped += count;
      for (let change = from; change <= to; change++) this.changes.push(change);
    }
    this.#lastId = id;
  }
}
