import { getJson } from './api.ts';
import { FeedCore, type FeedView, type FeedWorld } from './feed-core.ts';
import type { ListedAttempt, Snapshot } from './generated/api.ts';

const BROWSER: FeedWorld = {
  stream: path => new EventSource(path),
  snapshot: () => getJson<Snapshot>('/live/snapshot.json'),
  now: Date.now,
  every: (ms, act) => {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
  },
};

/** The feed for components: `view` is reactive. */
export class Feed {
  readonly core: FeedCore;
  view = $state.raw<FeedView>() as FeedView;

  constructor(snapshot: Snapshot | null, arrived?: (rows: readonly ListedAttempt[]) => void) {
    const changed = (view: FeedView) => (this.view = view);
    this.core = new FeedCore(snapshot, BROWSER, { changed, ...(arrived && { arrived }) });
    this.view = this.core.view;
  }
}
