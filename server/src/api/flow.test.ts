import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Check } from 'typebox/value';
import { encodeTranscript, packTranscript } from '../evidence/transcript.ts';
import { Flow } from '../flow/flow.ts';
import { toldAndKept } from '../flow/testing/story.ts';
import { alert, clientHello, record } from '../tls/testing/bytes.ts';
import { newAttemptId } from '../wire/ids.ts';
import type { RunningApi } from './start.ts';
import { bootTarget } from './testing/boots.ts';
import { makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

describe('the flow of an attempt', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  const nowUs = Date.now() * 1000;
  const newId = () => newAttemptId(nowUs);
  const [kept, bare, crashed, won, old] = [newId(), newId(), newId(), newId(), newId()];

  before(async () => {
    database = await startTestDatabase();
    await bootTarget(database, 'prize');
    await publish(
      database,
      makeRecords([
        { id: kept, outcome: 'version_refused' },
        { id: bare, outcome: 'abandoned' },
        { id: crashed, outcome: 'guest_crash' },
        { id: won, outcome: 'released', depth: 8, target: 'prize' },
        { id: old, outcome: 'guest_crash', startedUs: nowUs - 91 * 86_400_000_000 },
      ]),
    );
    for (const id of [kept, crashed, won, old]) await keep(id);
    api = await startTestApi(database.apiUrl);
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  async function keep(id: string): Promise<void> {
    const { lines } = toldAndKept({
      outcome: 'version_refused',
      wire: [
        ['in', record(22, clientHello())],
        ['out', alert(2, 70)],
      ],
    });
    await database.owner.pool.query('update attempt_evidence set transcript = $2 where id = $1', [
      id,
      packTranscript(encodeTranscript(lines)),
    ]);
  }
  const get = (path: string, headers: Record<string, string> = {}) => fetch(api.url + path, { headers });
  const flow = async (id: string) => {
    const answer: unknown = await (await get(`/api/v1/attempts/${id}/flow`)).json();
    assert.ok(Check(Flow, answer));
    return answer;
  };

  test('is made of the transcript that is kept', async () => {
    const { basis, steps, id } = await flow(kept);
    assert.deepEqual([basis, id], ['transcript', kept]);
    assert.deepEqual(
      steps.flatMap(({ from, holds }) => holds.map(({ name, number }) => `${from} ${name} ${number}`)),
      ['peer ClientHello null', 'target Alert 70'],
    );
  });

  test('is made of the record where no transcript is left, and says so', async () => {
    const { basis, withheld } = await flow(bare);
    assert.deepEqual([basis, withheld], ['record', 'not_kept']);
  });

  test('is held back where a weakness may have been found, until the embargo ends', async () => {
    for (const id of [crashed, won]) assert.deepEqual((await flow(id)).withheld, 'embargo');
    assert.deepEqual((await flow(old)).basis, 'transcript');
  });

  test('has a tag that stands until the attempt has a new revision or its evidence goes', async () => {
    const path = `/api/v1/attempts/${kept}/flow`;
    const tag = (await get(path)).headers.get('etag') ?? '';
    assert.equal((await get(path, { 'if-none-match': tag })).status, 304);
    await database.owner.pool.query('update attempt_evidence set transcript = $2 where id = $1', [
      kept,
      Buffer.alloc(0),
    ]);
    assert.equal((await get(path, { 'if-none-match': tag })).status, 200);
    await keep(kept);
  });

  test('is not there for an attempt that is not there, nor for what is no id, nor with a parameter', async () => {
    const unknown = await get(`/api/v1/attempts/${newAttemptId(nowUs)}/flow`);
    assert.deepEqual([unknown.status, ((await unknown.json()) as { code: string }).code], [404, 'ATTEMPT_UNKNOWN']);
    assert.equal((await get('/api/v1/attempts/x/flow')).status, 400);
    assert.equal((await get(`/api/v1/attempts/${kept}/flow?x=1`)).status, 400);
  });
});
