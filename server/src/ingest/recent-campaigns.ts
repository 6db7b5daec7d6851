import type { Pool } from 'pg';
import { type CampaignRecord, campaignFact } from '../classify/campaign/campaign-fact.ts';
import { CampaignWindow } from '../classify/campaign/campaign-window.ts';

/** The longest window that counts is an hour; what a day remembers (crashes, replays) goes back as far as these rows do. */
const ROWS = 10_000;
const PAGE = 1000;

/** Builds the windows of campaigns as they were, from the newest rows. */
export async function recentCampaigns(pool: Pick<Pool, 'query'>): Promise<CampaignWindow> {
  const window = new CampaignWindow();
  let from = (await firstSeq(pool)) - 1;
  for (;;) {
    const { rows } = await pool.query<{ seq: string; record: CampaignRecord }>(
      `select seq, record from attempt where superseded_change is null and seq > $1 order by seq limit ${PAGE}`,
      [from],
    );
    for (const { record } of rows) window.take(campaignFact(record));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return window;
    from = Number(last.seq);
  }
}

async function firstSeq(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rows } = await pool.query<{ seq: string }>('select seq from counter');
  return Math.max(1, Number(rows[0]?.seq ?? 0) - ROWS + 1);
}
