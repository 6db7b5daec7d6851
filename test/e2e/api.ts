import { until } from '../../server/src/testing/until.ts';
import type { Installation } from './installation.ts';

/** The public record as the API gives it; only what the tests read. */
export interface Row {
  id: string;
  seq: number;
  revision: number;
  target: string;
  channel: string;
  bootId: string | null;
  lostBefore: number;
  transport: { bytesIn: number; bytesOut: number };
  hello: { ja4: string | null } | null;
  certificate: { presented: boolean | null; chainResult: string | null };
  result: {
    depth: number;
    outcome: string;
    inferred: boolean;
    alertsSent: number[];
    alertsReceived: number[];
    selfTest: boolean;
    peerIsSelf: boolean | null;
  };
}

/** GETs a path of the API; throws on anything but 200. */
export async function get<T>(installation: Installation, path: string): Promise<T> {
  const response = await fetch(`${installation.url}${path}`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The newest `seq`, 0 for an empty log. */
export async function newestSeq(installation: Installation): Promise<number> {
  const { rows } = await get<{ rows: Row[] }>(installation, '/api/v1/attempts?limit=1');
  return rows[0]?.seq ?? 0;
}

/** Waits until `count` rows that are no self-tests were published after `seq`, oldest first. More than that is an error. */
export async function rowsAfter(installation: Installation, seq: number, count: number, query = ''): Promise<Row[]> {
  let rows: Row[] = [];
  await until(
    `${count} rows after seq ${seq}`,
    async () => {
      const page = await get<{ rows: Row[] }>(
        installation,
        `/api/v1/attempts?order=asc&after=${seq}&limit=1000${query}`,
      );
      rows = page.rows.filter(row => !row.result.selfTest);
      return rows.length >= count;
    },
    40_000,
    () => JSON.stringify(rows),
  );
  if (rows.length > count) throw new Error(`${rows.length} rows where ${count} were expected: ${JSON.stringify(rows)}`);
  return rows;
}

/** The boot that serves a target now. */
export async function bootOf(installation: Installation, target: string): Promise<string> {
  const { targets } = await get<{ targets: { target: string; bootId: string | null }[] }>(installation, '/status.json');
  const boot = targets.find(state => state.target === target)?.bootId;
  if (!boot) throw new Error(`${target} has no boot`);
  return boot;
}
