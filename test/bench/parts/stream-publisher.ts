import { Publisher } from '../../e2e/feed/publisher.ts';

/** Publishes attempts in a process of its own: `node stream-publisher.ts URL PER_SECOND`. On `stop` it tells when each batch was. */
const [url = '', perSecond = ''] = process.argv.slice(2);

/** A batch as it was published; `atMs` (epoch) is before its commit. */
export interface PublishedBatch {
  readonly from: number;
  readonly to: number;
  readonly atMs: number;
}

const batches: PublishedBatch[] = [];
const publisher = new Publisher(url, Number(perSecond), (from, to, atMs) => batches.push({ from, to, atMs }));
process.on('message', message => {
  if (message === 'stop') void publisher.stop().then(() => process.send?.(batches, () => process.exit(0)));
});
publisher.start();
