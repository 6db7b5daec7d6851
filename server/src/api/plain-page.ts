import { DEPTHS } from '../wire/outcomes.ts';
import { escapeHtml } from './html.ts';
import type { Snapshot } from './snapshot.ts';

/** The first page where the dashboard was not built: the same facts as plain HTML. */
export function plainPage(snapshot: Snapshot | null): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The Piñata</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<h1>The Piñata</h1>
<p>The dashboard has not been built (<code>./pinata up</code> builds it). These are the same facts, without it.</p>
${snapshot ? facts(snapshot) : '<p>The database does not answer; attempts are being kept meanwhile.</p>'}
<p><a href="/docs">API</a> · <a href="/status.json">status</a> · <a href="/api/v1/attempts">attempts</a> ·
<a href="/.well-known/pinata.json">this installation</a></p>
</body>
</html>
`;
}

function facts({ generatedAt, health, targets, summary, attempts }: Snapshot): string {
  const e = escapeHtml;
  return `<p>${e(generatedAt)}: ${e(health)}. ${e(summary.attempts)} attempts in ${e(summary.window)}.</p>
<h2>Targets</h2>
${table(
  ['target', 'state', 'ports', 'unclaimed since', 'address'],
  targets.map(t => [t.target, t.state, Object.values(t.ports).join(' '), t.unclaimedSince ?? '', t.address ?? '']),
)}
<h2>How far they got</h2>
${table(
  ['depth', 'reached', 'attempts'],
  DEPTHS.map((name, depth) => [depth, name, summary.reached[depth] ?? 0]),
)}
<h2>Newest attempts</h2>
${table(
  ['started', 'target', 'channel', 'depth', 'outcome'],
  attempts.map(a => [a.startedAt, a.target, a.channel, a.depth, a.outcome]),
)}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[], tag: 'th' | 'td') =>
    `<tr>${cells.map(cell => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>\n${[line(head, 'th'), ...rows.map(row => line(row, 'td'))].join('\n')}\n</table>`;
}
