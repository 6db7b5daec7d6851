import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { captureOf } from '../evidence/capture.ts';
import { parseTranscript } from '../evidence/transcript.ts';
import { encodeLine } from '../spool/line.ts';
import { SEGMENT_AGE_MS, Segments } from '../spool/segments.ts';
import { readEvidence } from '../store/evidence.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { addressNeedles, type Needle, searchTables } from '../store/testing/search-tables.ts';
import { ageLogs } from '../up/log-ageing.ts';
import type { Fact } from '../wire/facts.ts';
import { forgetAddresses } from './forgetting.ts';
import { Quarantine } from './quarantine.ts';
import { ingestOn, memorySpools, preparedDatabase } from './testing/harness.ts';
import { clientHello } from './testing/hostile.ts';
import { attemptStory, beat, bootStory, SECOND } from './testing/story.ts';

const server = useTestServer();
const DAY_MS = 86_400_000;
const OLD_IP = '203.0.113.77';
const YOUNG_IP = '203.0.113.78';
const PORTS = { server: 10_000, callback: 10_001, client: 10_002, initiator: 40_001 };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-forgetting-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Files below a folder that hold a needle. */
function searchFiles(folder: string, needles: readonly Needle[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(folder, name)).isFile())
    .flatMap(name => {
      const bytes = readFileSync(join(folder, name));
      return needles.filter(needle => bytes.includes(needle.bytes)).map(needle => `${name}: ${needle.name}`);
    })
    .sort();
}

/** A gateway's spool with a line of each attempt, as it stands when all of it was read and acknowledged and some time went by. */
function acknowledgedSpool(folder: string, facts: readonly Fact[], passMs: number): Segments {
  let now = Date.now();
  const segments = new Segments({ folder, nowMs: () => now });
  for (const fact of facts) segments.write(Buffer.from(encodeLine(fact)));
  now += passMs;
  segments.write(Buffer.from(encodeLine(beat(now * 1000))));
  segments.rotate();
  segments.trim(segments.end);
  return segments;
}

test('an address is nowhere after its days: tables, quarantine, spool; a younger one stays, as does all that is public', async t => {
  const data = folderOf(t);
  const quarantine = join(data, 'quarantine');
  const now = Date.now();
  const at = (days: number) => (now - days * DAY_MS) * 1000;
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const { bootId, facts } = bootStory('practice', at(40));
  const sent = clientHello({ sni: 'name.example' });
  const old = attemptStory({ bootId, ip: OLD_IP, at: at(31), sent });
  const young = attemptStory({ bootId, ip: YOUNG_IP, at: at(29), sent });
  spools.supervisor.append(...facts, ...old.supervisor, ...young.supervisor, beat(at(0)));
  spools.gateway.append(...old.gateway, ...young.gateway, beat(at(0)));
  await ingest.read();
  await ingest.pipeline.flush();
  const odd = attemptStory({ bootId, ip: OLD_IP, at: at(31) });
  const unstorable = new Error(`invalid input syntax for type inet: "${OLD_IP}"`);
  await new Quarantine(quarantine).keep({ id: odd.id, open: null, gateway: [], guest: [] }, unstorable);
  const segments = acknowledgedSpool(join(data, 'gateway'), [...old.gateway, ...young.gateway], SEGMENT_AGE_MS);
  t.after(() => segments.close());
  const before = await database.pool.query('select leaf_hash from attempt order by seq');
  const needles = addressNeedles(OLD_IP);

  assert.deepEqual(
    [await searchTables(database.pool, needles), searchFiles(data, needles)],
    [[`attempt_private.src_ip: ${OLD_IP} as text`], [`quarantine/${odd.id}.json: ${OLD_IP} as text`]],
    'where it is before',
  );
  assert.deepEqual(await forgetAddresses({ pool: database.pool, quarantine }, now, 30), {
    addresses: 1,
    quarantined: 1,
  });
  assert.deepEqual(await searchTables(database.pool, needles), []);
  assert.deepEqual(searchFiles(data, needles), []);

  assert.deepEqual(await searchTables(database.pool, addressNeedles(YOUNG_IP)), [
    `attempt_private.src_ip: ${YOUNG_IP} as text`,
  ]);
  const kept = JSON.parse(readFileSync(join(quarantine, `${odd.id}.json`), 'utf8'));
  assert.equal(kept.facts.id, odd.id, 'what could not be stored is still there');
  assert.deepEqual((await database.pool.query('select leaf_hash from attempt order by seq')).rows, before.rows);
  assert.deepEqual(await forgetAddresses({ pool: database.pool, quarantine }, now, 30), {
    addresses: 0,
    quarantined: 0,
  });
});

test('with the address goes the salt of the commitment to it, which could be tried out; the others stay', async t => {
  const { pool, id } = await oneOldAttempt(t);
  await forgetAddresses({ pool, quarantine: join(folderOf(t), 'none') }, Date.now(), 30);
  const { rows } = await pool.query(
    `select src_ip, src_port, salts ->> 'source' as source, salts ->> 'research' as research, salts ->> 'transcript' as transcript
     from attempt_private where id = $1`,
    [id],
  );
  assert.deepEqual([rows[0].src_ip, rows[0].src_port, rows[0].source], [null, null, null]);
  assert.match(rows[0].research, /^[0-9a-f]{64}$/);
  assert.match(rows[0].transcript, /^[0-9a-f]{64}$/);
});

test('neither the transcript nor a capture made of it ever held the address', async t => {
  const { pool, id } = await oneOldAttempt(t);
  const kept = await readEvidence(pool, id);
  assert.ok(kept?.transcript);
  const capture = captureOf(parseTranscript(kept.transcript), { ipVersion: 4, ports: PORTS }, null);
  for (const { bytes, name } of addressNeedles(OLD_IP)) {
    assert.equal(capture.includes(bytes), false, name);
    assert.equal(Buffer.from(kept.transcript).includes(bytes), false, name);
  }
});

test('a spool that few write to gives up its oldest lines all the same, and never what was not acknowledged', t => {
  const { gateway } = attemptStory({ ip: OLD_IP });
  const needles = addressNeedles(OLD_IP);
  const [young, aged, restarted] = [folderOf(t), folderOf(t), folderOf(t)];
  acknowledgedSpool(young, gateway, SEGMENT_AGE_MS - 1000).close();
  assert.equal(searchFiles(young, needles).length, 1);
  acknowledgedSpool(aged, gateway, SEGMENT_AGE_MS).close();
  assert.deepEqual(searchFiles(aged, needles), []);

  // A process that starts again does not begin to count anew.
  const before = new Segments({ folder: restarted });
  for (const fact of gateway) before.write(Buffer.from(encodeLine(fact)));
  before.close();
  const after = new Segments({ folder: restarted, nowMs: () => Date.now() + SEGMENT_AGE_MS });
  t.after(() => after.close());
  after.rotate();
  const end = after.end;
  after.trim(0);
  assert.equal(searchFiles(restarted, needles).length, 1, 'not acknowledged');
  after.trim(end);
  assert.deepEqual(searchFiles(restarted, needles), []);
});

test('log lines that name an address are gone with it', t => {
  const logs = folderOf(t);
  writeFileSync(join(logs, 'gateway.log'), `{"msg":"odd peer","ip":"${OLD_IP}"}\n`);
  for (const days of [0, 15.1, 30.2]) ageLogs(logs, 30, Date.now() + days * DAY_MS);
  assert.deepEqual(searchFiles(logs, addressNeedles(OLD_IP)), []);
});

async function oneOldAttempt(t: TestContext) {
  const database = await preparedDatabase(t, (await server.freshDatabase()).url);
  const spools = memorySpools();
  const ingest = await ingestOn(t, database, spools);
  const began = (Date.now() - 31 * DAY_MS) * 1000;
  const { bootId, facts } = bootStory('practice', began - 10 * SECOND);
  const story = attemptStory({ bootId, ip: OLD_IP, at: began, sent: clientHello() });
  spools.supervisor.append(...facts, ...story.supervisor, beat(began + 9 * SECOND));
  spools.gateway.append(...story.gateway, beat(began + 9 * SECOND));
  await ingest.read();
  await ingest.pipeline.flush();
  return { pool: database.pool, id: story.id };
}
