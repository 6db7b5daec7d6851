import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Type from 'typebox';
import { Client } from 'undici';
import { makeRecords } from '../api/testing/records.ts';
import { callOrganisers } from '../cli/organisers.ts';
import { PinataError } from '../errors.ts';
import { preparedDatabase, SILENT } from '../ingest/testing/harness.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { AttemptWriter } from '../store/writer.ts';
import { until } from '../testing/until.ts';
import { Acts } from './acts.ts';
import { checkChain } from './audit-chain.ts';
import { publishHead } from './audit-head.ts';
import { AuditLog } from './audit-log.ts';
import { BanBoard } from './ban-board.ts';
import { LogResult, StatusResult } from './messages.ts';
import { Organisers } from './organisers.ts';
import { serveOrganisers } from './server.ts';

const server = useTestServer();
/** The tests share it, one after the other. */
let database: ReturnType<typeof server.freshDatabase> | undefined;
const Anything = Type.Unknown();

interface Entry {
  n: number;
  kind: string;
  call: string;
  verb: string;
  who: { user: string } | null;
  said: Record<string, unknown>;
}

async function office(t: TestContext, restart: (target: string) => Promise<void> = async () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-admin-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  database ??= server.freshDatabase();
  const { pool } = await preparedDatabase(t, (await database).url);
  await pool.query('truncate announcement, ban, audit_head restart identity');
  const path = join(folder, 'organisers.log');
  const log = await AuditLog.open(path);
  const board = new BanBoard();
  await board.serve(join(folder, 'bans', 'socket'));
  const secret = { path: join(folder, 'secret'), isGiven: false };
  const acts = new Acts({ pool, log, board, webhook: null, secret, restart, addressDays: 30 });
  await acts.keepBans(true);
  const organisers = new Organisers({ acts, log, publish: head => publishHead(pool, head), operatorLog: SILENT });
  const socket = join(folder, 'admin', 'socket');
  const running = await serveOrganisers(socket, organisers, SILENT);
  t.after(async () => {
    await running.stop();
    await board.close();
    await log.close();
  });
  const entries = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line): Entry[] => (line ? [JSON.parse(line)] : []));
  return { pool, socket, path, folder, acts, entries };
}

const kindsOf = (entries: readonly Entry[]) => entries.map(({ verb, kind }) => `${verb} ${kind}`);

test('an act is in the log, on the disk, before it begins, and what came of it after', async t => {
  let during: Entry[] = [];
  const place = await office(t, async () => {
    during = place.entries();
  });
  await callOrganisers(place.socket, 'restart', { target: 'prize' }, Anything);
  assert.deepEqual(kindsOf(during), ['restart asked']);
  const [asked, done] = place.entries();
  assert.deepEqual(asked?.said, { target: 'prize' });
  assert.deepEqual([done?.kind, done?.call], ['done', asked?.call]);
  assert.equal(typeof asked?.who?.user, 'string');
});

test('what is refused, what fails and what is no call at all leave their entries too', async t => {
  const place = await office(t, async target => {
    throw new PinataError('GUEST_NOT_READY', { target });
  });
  const refused = { code: 'REQUEST_INVALID' };
  await assert.rejects(callOrganisers(place.socket, 'restart', { target: 'prize' }, Anything), refused);
  await assert.rejects(callOrganisers(place.socket, 'restart', { target: '../../etc' }, Anything), refused);
  await assert.rejects(callOrganisers(place.socket, 'ban', { network: '0.0.0.0/0' }, Anything), refused);
  await assert.rejects(callOrganisers(place.socket, 'test-webhook', {}, Anything), refused);
  await assert.rejects(callOrganisers(place.socket, 'toString' as 'status', {}, Anything), refused);
  assert.equal(await raw(place.socket, '{"verb":1}'), 404);
  assert.deepEqual(kindsOf(place.entries()), [
    'restart asked',
    'restart failed',
    'restart refused',
    'ban refused',
    'test-webhook refused',
    'unknown refused',
    'unknown refused',
  ]);
  assert.deepEqual(
    place.entries().flatMap(({ said }) => said.code ?? []),
    ['GUEST_NOT_READY', 'REQUEST_INVALID', 'BAN_UNUSABLE', 'WEBHOOK_MISSING', 'VERB_UNKNOWN', 'VERB_UNKNOWN'],
  );
});

async function raw(socketPath: string, body: string): Promise<number> {
  const client = new Client('http://localhost', { socketPath });
  const headers = { 'content-type': 'application/json' };
  const response = await client.request({ method: 'POST', path: '/call', headers, body });
  await response.body.dump();
  await client.close();
  return response.statusCode;
}

test('a ban is told to the gateways at once and ends by itself, and its address is nowhere in the log', async t => {
  const place = await office(t);
  const told = listen(t, join(place.folder, 'bans', 'socket'));
  await until('the empty list', () => told().length === 1);
  const Banned = Type.Object({ network: Type.String() });
  const given = { network: '198.51.100.7', reason: 'floods from 198.51.100.7' };
  assert.deepEqual(await callOrganisers(place.socket, 'ban', given, Banned), await lastBan(place.pool));
  await callOrganisers(place.socket, 'ban', { network: '2001:db8::1', until: inSeconds(1) }, Banned);
  await until('both bans', () => told().at(-1)?.length === 2);
  assert.ok(!readFileSync(place.path, 'utf8').includes('198.51'));
  await until('the short one has ended', async () => {
    await place.acts.keepBans();
    return told().at(-1)?.length === 1;
  });
  assert.deepEqual(told().at(-1), ['198.51.100.7/32']);
  await callOrganisers(place.socket, 'unban', { network: '198.51.100.7' }, Banned);
  await until('no ban', () => told().at(-1)?.length === 0);
  await assert.rejects(callOrganisers(place.socket, 'unban', { network: '198.51.100.7' }, Banned), /No ban/);
  const far = { network: '198.51.100.7', until: inSeconds(31 * 86_400) };
  await assert.rejects(callOrganisers(place.socket, 'ban', far, Banned), /30 days/);
});

async function lastBan(pool: { query(sql: string): Promise<{ rows: { id: string; until_us: string }[] }> }) {
  const { rows } = await pool.query('select id, until_us from ban');
  const [row] = rows;
  return {
    ban: row?.id,
    network: '198.51.100.7/32',
    until: new Date(Number(row?.until_us) / 1000).toISOString(),
  };
}

function inSeconds(s: number): string {
  return new Date(Date.now() + s * 1000).toISOString();
}

/** The lists that a gateway was told, as networks. */
function listen(t: TestContext, path: string): () => string[][] {
  const socket = connect(path);
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', more => (text += more));
  return () =>
    text
      .split('\n')
      .slice(0, -1)
      .map(line => (JSON.parse(line) as { bans: { network: string }[] }).bans.map(({ network }) => network));
}

test('an announcement is shown until it is withdrawn; one with letters that nobody sees is refused', async t => {
  const place = await office(t);
  const shown = async () =>
    (await callOrganisers(place.socket, 'status', {}, StatusResult)).announcements.map(({ text }) => text);
  await callOrganisers(place.socket, 'announce', { text: 'Maintenance at noon.', until: inSeconds(3600) }, Anything);
  assert.deepEqual(await shown(), ['Maintenance at noon.']);
  const hidden = { text: 'safe\u202eevil' };
  await assert.rejects(callOrganisers(place.socket, 'announce', hidden, Anything), /nobody sees/);
  await callOrganisers(place.socket, 'withdraw', { id: 1 }, Anything);
  assert.deepEqual(await shown(), []);
  await assert.rejects(callOrganisers(place.socket, 'withdraw', { id: 1 }, Anything), /no announcement 1/);
});

test('an attempt’s texts are hidden and shown, and what is private of it is erased', async t => {
  const place = await office(t);
  const [record] = makeRecords([{}]);
  assert.ok(record);
  const evidence = { packed: new Uint8Array(), bytes: 0, secrets: null };
  const draft = () => ({ record, private: null, evidence, alarm: null });
  await new AttemptWriter(place.pool).write({
    ...{ publications: [{ id: record.id, draft }], alarms: [], selfTests: [], refusals: [], guestLost: [] },
    ...{ progress: [], components: [] },
  });
  const attemptId = record.id;
  const hidden = async () => (await place.pool.query('select from moderation where id = $1', [attemptId])).rowCount;
  await callOrganisers(place.socket, 'moderate', { attemptId, hide: true }, Anything);
  assert.equal(await hidden(), 1);
  await callOrganisers(place.socket, 'moderate', { attemptId, hide: false }, Anything);
  assert.equal(await hidden(), 0);
  await callOrganisers(place.socket, 'erase', { attemptId, reason: 'proof of address seen' }, Anything);
  const { rows } = await place.pool.query<{ erased: boolean }>(
    `select record->'erased' = 'true' as erased from attempt where id = $1 and superseded_change is null`,
    [attemptId],
  );
  assert.deepEqual(rows, [{ erased: true }]);
  const unknown = { attemptId: '0190a2b4-0000-7000-8000-000000000000', reason: 'x' };
  await assert.rejects(callOrganisers(place.socket, 'erase', unknown, Anything), /no attempt/);
});

test('the log goes on after a restart and after a line that was cut, and holds against what was published', async t => {
  const place = await office(t);
  for (let n = 0; n < 3; n++) await callOrganisers(place.socket, 'status', {}, Anything);
  const { lines, published } = await callOrganisers(place.socket, 'log', {}, LogResult);
  assert.deepEqual([lines.length, published.entries], [7, 7], 'the question itself is in it');
  assert.ok('head' in checkChain(lines, published));

  appendFileSync(place.path, '{"half":');
  const again = await AuditLog.open(place.path);
  t.after(() => again.close());
  await again.append({ at: 'now', kind: 'refused', call: 'x', who: null, verb: 'unknown', said: {} });
  const finding = checkChain(await again.lines(), published);
  assert.deepEqual('head' in finding && finding.head.entries, 9);
});
