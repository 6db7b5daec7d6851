import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preparedDatabase, SILENT } from '../ingest/testing/harness.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { selfTestStaleAfterS } from './self-test-age.ts';
import { staleSelfTests } from './silences.ts';
import { AlarmWatch } from './watch.ts';

const server = useTestServer();
const S = 1_000_000;

test('a self-test is stale after two and a half intervals, once for each silence', () => {
  const staleAfterS = selfTestStaleAfterS(600);
  assert.equal(staleAfterS, 1500);
  const at = (nowS: number, testedS: number | null, readyS: number | null, sinceS = 0) =>
    staleSelfTests(
      [
        {
          target: 'prize',
          testedUs: testedS === null ? null : testedS * S,
          readyUs: readyS === null ? null : readyS * S,
        },
      ],
      { nowUs: nowS * S, sinceUs: sinceS * S, staleAfterS },
    ).map(({ cause }) => cause);
  assert.deepEqual(at(2500, 1000, 500), []);
  assert.deepEqual(at(2501, 1000, 500), ['prize 1000000000']);
  assert.deepEqual(at(9000, 1000, 500), ['prize 1000000000'], 'the same silence');
  assert.deepEqual(at(2001, null, 500), ['prize 500000000'], 'a boot without a test');
  assert.deepEqual(at(9000, null, null), [], 'never ready: nothing is promised yet');
  assert.deepEqual(at(9000, 1000, 500, 8000), [], 'nobody could have told');
});

test('the alarm is raised while ingest keeps up, and once; not from a spool that is being caught up with', async t => {
  const { url } = await server.freshDatabase();
  const { pool } = await preparedDatabase(t, url);
  const bootId = '0190a2b4-0000-7000-8000-000000000000';
  await pool.query(
    `insert into target (name, prize, state, boot_id, updated_us) values ('prize', true, 'ready', $1, 0)`,
    [bootId],
  );
  await pool.query(
    `insert into boot (id, target, reason, started_us, ready_us, image_sha256, accelerator, qemu_version, qemu_sha256,
       argv_sha256, memory_mib) values ($1, 'prize', 'start', 0, $2, '', 'tcg', '', '', '', 64)`,
    [bootId, S],
  );
  let now = 5 * S;
  let gatewayTime = 0;
  const fatal: string[] = [];
  const log = { warn: SILENT.warn.bind(SILENT), fatal: ({ alarm }: { alarm: string }) => fatal.push(alarm) };
  const watch = new AlarmWatch({ pool, selfTestS: 10, gatewayTime: () => gatewayTime, log, now: () => now });
  t.after(() => watch.stop());
  now = 29 * S;
  await watch.look();
  assert.deepEqual(fatal, [], 'the spool has been read to its beginning alone');
  gatewayTime = 28 * S;
  await watch.look();
  await watch.look();
  assert.deepEqual(fatal, ['self_test_stale']);
  const { rows } = await pool.query('select kind, target, attempt_id from alarm');
  assert.deepEqual(rows, [{ kind: 'self_test_stale', target: 'prize', attempt_id: null }]);
});
