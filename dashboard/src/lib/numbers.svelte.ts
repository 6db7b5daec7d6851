import type { Series, Summary, Top } from './generated/api.ts';
import { Loader } from './loader.svelte.ts';
import { type Moment, momentsPath } from './moments.ts';
import { LIVE_VIEW, LIVE_WINDOW, questionOf, type Span, type View, type WindowName } from './windows.ts';

/** Steps that a chart shows well: 60 to 168 of them; a longer log fits itself. */
const INTERVALS: Readonly<Record<WindowName, string | null>> = { '1h': '1m', '24h': '15m', '7d': '1h', all: null };
/** More countries than there are. */
const ALL_COUNTRIES = '250';

/** Numbers of a span, with the span. */
export type Spanned<T> = T & { readonly meta: Span };

/** What the page asks for beside the feed: the numbers of a view that the feed does not carry, the chart's, the map's. */
export class Numbers {
  view = $state.raw<View>(LIVE_VIEW);
  readonly summary = new Loader<Summary>();
  readonly series = new Loader<Spanned<Series>>();
  readonly countries = new Loader<Spanned<Top>>();
  readonly moments = new Loader<{ rows: Moment[] }>();

  /** True where the snapshot and the stream carry the summary. */
  get isLive(): boolean {
    return this.view.window === LIVE_WINDOW && this.view.target === null;
  }

  show(view: View): void {
    this.view = view;
    void this.refresh();
  }

  async refresh(): Promise<void> {
    const interval = INTERVALS[this.view.window];
    const asked = [
      this.series.load(
        `/api/v1/stats/timeseries?${questionOf(this.view, { by: 'outcome', ...(interval && { interval }) })}`,
      ),
      this.countries.load(`/api/v1/stats/top?${questionOf(this.view, { by: 'country', limit: ALL_COUNTRIES })}`),
    ];
    if (!this.isLive) asked.push(this.summary.load(`/api/v1/stats/summary?${questionOf(this.view)}`));
    await Promise.all(asked);
    const span = this.series.data?.meta;
    if (span?.from) await this.moments.load(momentsPath({ from: span.from, to: span.to }));
  }

  stop(): void {
    for (const loader of [this.summary, this.series, this.countries, this.moments]) loader.stop();
  }
}
