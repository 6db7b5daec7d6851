import { eventLink, eventTitle } from './event-words.ts';
import { escapeHtml } from './html.ts';
import type { EventRow } from './queries/events.ts';
import { timeOf } from './time.ts';

/** The year of the names that entries are given for ever (RFC 4151). */
const NAMED_SINCE = '2026';

export interface AtomSource {
  /** Address of the dashboard, without a slash at the end. */
  readonly url: string;
  readonly site: string;
  readonly nowUs: number;
}

/** What happened as an Atom feed (RFC 4287). An entry keeps its id for ever. Pure. */
export function atomFeed(rows: readonly EventRow[], { url, site, nowUs }: AtomSource): string {
  const host = URL.canParse(url) ? new URL(url).hostname : 'localhost';
  const updated = timeOf(rows[0]?.at_us ?? nowUs);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>${text(`${url}/feed.atom`)}</id>
<title>${text(`The Piñata: ${site}`)}</title>
<subtitle>Announcements, boots, crashes and alarms</subtitle>
<updated>${updated}</updated>
<author><name>${text(`The organisers of ${site}`)}</name></author>
<link rel="self" type="application/atom+xml" href="${text(`${url}/feed.atom`)}"/>
<link rel="alternate" type="text/html" href="${text(`${url}/`)}"/>
${rows.map(row => entry(row, url, host)).join('')}</feed>
`;
}

function entry(row: EventRow, url: string, host: string): string {
  const at = timeOf(row.at_us);
  return `<entry>
<id>${text(`tag:${host},${NAMED_SINCE}:${row.kind}/${row.id}`)}</id>
<title>${text(eventTitle(row))}</title>
<published>${at}</published>
<updated>${at}</updated>
<category term="${text(row.kind)}"/>
<link rel="alternate" href="${text(url + (eventLink(row) ?? '/'))}"/>
</entry>
`;
}

/** Text of an element or attribute. What XML 1.0 (§2.2) cannot hold even escaped is replaced. */
function text(value: string): string {
  return escapeHtml(
    value.toWellFormed().replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}'),
  );
}
