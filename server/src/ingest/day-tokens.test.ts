import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { claimsClient } from '../claims/client.ts';
import { type Config, readConfig } from '../config.ts';
import { openSpool } from '../spool/spool.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import { nowMicros } from '../wire/ids.ts';
import { startIngest } from './start.ts';
import { SILENT, until } from './testing/harness.ts';
import { attemptStory, beat, bootStory, type Story } from './testing/story.ts';

const server = useTestServer();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
/** Times of three days at midnight UTC, and a moment on either side of it. */
const [DAY_BEFORE, YESTERDAY, LAST_MOMENT, TODAY] = [TODAY_MS - 2 * DAY_MS, TODAY_MS - DAY_MS, TODAY_MS - 1, TODAY_MS];

interface Kept {
  config: Config;
  database: Database;
  tokenOf(story: Story): Promise<string>;
}

/** Runs ingest on a spool with these attempts until all are rows, in an installation where `keys` are there already. */
async function ingest(t: TestContext, stories: readonly Story[], keys: readonly string[] = []): Promise<Kept> {
  const data = mkdtempSync(join(tmpdir(), 'pinata-days-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const { url } = await server.freshDatabase();
  const config = readConfig({ PINATA_DATA: data, PINATA_DATABASE_URL: url });
  const { gateway, supervisor, sockets } = config.layout;
  const folder = keysOf(config);
  mkdirSync(folder, { recursive: true });
  for (const name of keys) writeFileSync(join(folder, name), Buffer.alloc(32, 1));
  for (const [name, path, socket, facts] of [
    ['gateway', gateway, sockets.gatewaySpool, stories.flatMap(story => story.gateway)],
    ['supervisor', supervisor, sockets.supervisorSpool, stories.flatMap(story => story.supervisor)],
  ] as const) {
    const spool = await openSpool({ folder: path, name, capBytes: 1 << 24 });
    t.after(() => spool.close());
    await spool.serve(socket);
    for (const fact of [...facts, beat(nowMicros())]) spool.append(fact);
    spool.flush();
  }
  const running = await startIngest(config, SILENT);
  t.after(() => running.stop());
  const database = openDatabase(url);
  t.after(() => database.close());
  await until('all are rows', async () => (await database.prisma.attempt.count()) === stories.length);
  const tokenOf = async ({ id }: Story) =>
    (await database.prisma.attempt.findFirstOrThrow({ where: { id, supersededChange: null } })).srcToken;
  return { config, database, tokenOf };
}

const keysOf = ({ layout }: Config) => join(layout.ingest, 'token-keys');
const boot = bootStory('practice', (DAY_BEFORE - HOUR_MS) * 1000);
const attemptAt = (ms: number, ip: string) => attemptStory({ at: ms * 1000, ip, bootId: boot.bootId });
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

test('neighbours in one /24 have unrelated tokens; one address has one token a day, and another after midnight', async t => {
  const first = attemptAt(YESTERDAY, '192.0.2.7');
  const neighbour = attemptAt(YESTERDAY + 1000, '192.0.2.8');
  const last = attemptAt(LAST_MOMENT, '192.0.2.7');
  const next = attemptAt(TODAY, '192.0.2.7');
  const { tokenOf, config } = await ingest(t, [first, neighbour, last, next]);
  const tokens = [await tokenOf(first), await tokenOf(neighbour), await tokenOf(last), await tokenOf(next)];
  assert.equal(tokens[0], tokens[2], 'until the last moment of the day');
  assert.equal(new Set(tokens).size, 3);
  assert.notEqual(tokens[0]?.slice(0, 8), tokens[1]?.slice(0, 8));
  const asked = await claimsClient(config.layout.sockets.claims).source('192.0.2.7');
  assert.deepEqual(asked, { day: dayOf(Date.now()), srcToken: tokens[3] }, 'whoever has the address is told today’s');
});

test('a backlog of days whose keys are gone gets keys of its own, and rows of one day still agree', async t => {
  const backlog = [attemptAt(DAY_BEFORE, '192.0.2.7'), attemptAt(DAY_BEFORE + HOUR_MS, '192.0.2.7')] as const;
  const made = Date.now() - 48 * HOUR_MS;
  const old = `${dayOf(DAY_BEFORE - DAY_MS)}.${made}.key`;
  const { tokenOf, config } = await ingest(t, backlog, [old]);
  assert.equal(await tokenOf(backlog[0]), await tokenOf(backlog[1]));
  await until('the key that is 48 h old is gone', () => !existsSync(join(keysOf(config), old)));
  const days = readdirSync(keysOf(config)).map(name => name.slice(0, 10));
  assert.deepEqual(days, [dayOf(DAY_BEFORE)], 'the new key of an old day lives as long as any other');
});
