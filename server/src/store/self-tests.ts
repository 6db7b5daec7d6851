import type { ClientBase } from 'pg';
import type { AttemptId } from '../wire/ids.ts';
import type { SelfTestStarted } from './publication.ts';

/** Notes self-tests that were started; one that is known already stays as it is. */
export async function insertSelfTests(client: ClientBase, started: readonly SelfTestStarted[]): Promise<void> {
  for (const test of started) {
    await client.query(
      `insert into self_test (pair, target, boot_id, started_us, server_id, client_id, no_certificate_id)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (pair) do nothing`,
      [test.pair, test.target, test.bootId, test.startedUs, test.serverId, test.clientId, test.noCertificateId],
    );
  }
}

/** certificate_required (RFC 8446 §6). */
const ALERT_CERTIFICATE_REQUIRED = 116;

/**
 * Judges the self-tests that any of `ids` belongs to, once their three attempts are published: both legs of the relay must have
 * been released to the guest itself, and the connection without certificate refused as such. Returns the pairs that failed.
 */
export async function judgeSelfTests(client: ClientBase, ids: readonly AttemptId[]): Promise<FailedSelfTest[]> {
  const { rows } = await client.query<FailedSelfTest & { passed: boolean }>(
    `with judged as (
       select t.pair, s.outcome as server, c.outcome as client, n.outcome as refused,
         s.outcome = 'released_self_test' and c.outcome = 'released_self_test'
           and n.outcome not like 'released%' and n.record->'result'->'alertsSent' @> $2::jsonb as passed
       from self_test t
         join attempt s on s.id = t.server_id and s.superseded_change is null
         join attempt c on c.id = t.client_id and c.superseded_change is null
         join attempt n on n.id = t.no_certificate_id and n.superseded_change is null
       where t.server_id = any($1::uuid[]) or t.client_id = any($1::uuid[]) or t.no_certificate_id = any($1::uuid[]))
     update self_test t set passed = j.passed,
       detail = format('server %s, client %s, without certificate %s', j.server, j.client, j.refused)
     from judged j where t.pair = j.pair
     returning t.pair, t.target, t.server_id as "serverId", t.passed, t.detail`,
    [ids, JSON.stringify([ALERT_CERTIFICATE_REQUIRED])],
  );
  return rows.filter(({ passed }) => !passed);
}

export interface FailedSelfTest {
  pair: string;
  target: string;
  serverId: AttemptId;
  detail: string;
}
