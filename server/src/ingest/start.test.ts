import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Agent, request } from 'undici';
import { Reclassified } from '../cli/answers.ts';
import { askControl } from '../cli/control.ts';
import { type Config, readConfig } from '../config.ts';
import { openSpool, type Spool } from '../spool/spool.ts';
import { openDatabase } from '../store/database.ts';
import { useTestServer } from '../store/testing/embedded-postgres.ts';
import type { Fact } from '../wire/facts.ts';
import { nowMicros } from '../wire/ids.ts';
import { startIngest } from './start.ts';
import { SILENT, until } from './testing/harness.ts';
import { attemptStory, beat, bootStory, SECOND } from './testing/story.ts';

const server = useTestServer();

interface Installation {
  config: Config;
  gateway: Spool;
  supervisor: Spool;
}

/** Real spools with their sockets, and a configuration that leads to them. */
async function install(t: TestContext): Promise<Installation> {
  const data = mkdtempSync(join(tmpdir(), 'pinata-start-'));
  const { url } = await server.freshDatabase();
  const config = readConfig({ PINATA_DATA: data, PINATA_DATABASE_URL: url });
  const { gateway: folder, supervisor, sockets } = config.layout;
  const spools = {
    gateway: await openSpool({ folder, name: 'gateway', capBytes: 1 << 24 }),
    supervisor: await openSpool({ folder: supervisor, name: 'supervisor', capBytes: 1 << 24 }),
  };
  await spools.gateway.serve(sockets.gatewaySpool);
  await spools.supervisor.serve(sockets.supervisorSpool);
  t.after(async () => {
    await spools.gateway.close();
    await spools.supervisor.close();
    rmSync(data, { recursive: true, force: true });
  });
  return { config, ...spools };
}

function write(spool: Spool, ...facts: Fact[]): void {
  for (const fact of facts) spool.append(fact);
  spool.flush();
}

async function status({ layout }: Config): Promise<unknown> {
  const dispatcher = new Agent({ connect: { socketPath: layout.sockets.ingestControl } });
  const { body } = await request('http://ingest/status', { dispatcher });
  const answer = await body.json();
  await dispatcher.close();
  return answer;
}

test('ingest follows real spools, survives a restart, and answers on its control socket', async t => {
  const { config, gateway, supervisor } = await install(t);
  const database = openDatabase(config.settings.PINATA_DATABASE_URL);
  t.after(() => database.close());
  const now = nowMicros();
  const boot = bootStory('practice', now - 60 * SECOND);
  const first = attemptStory({ at: now - 10 * SECOND, bootId: boot.bootId });
  const unfinished = attemptStory({ at: now - 9 * SECOND, bootId: boot.bootId });
  write(supervisor, ...boot.facts, ...first.supervisor, ...unfinished.supervisor, beat(now));
  write(gateway, ...first.gateway, ...unfinished.gateway.slice(0, -1), beat(now));

  const running = await startIngest(config, SILENT);
  const count = () => database.prisma.attempt.count();
  await until('the first attempt is a row', async () => (await count()) === 1);
  assert.equal(statSync(config.layout.sockets.ingestControl).mode & 0o777, 0o660);
  const answer = await status(config);
  assert.ok(typeof answer === 'object' && answer && 'published' in answer && 'spools' in answer);
  assert.equal(answer.published, 1);
  await running.stop();
  await running.stop();

  write(gateway, ...unfinished.gateway.slice(-1));
  const again = await startIngest(config, SILENT);
  t.after(() => again.stop());
  await until('the second attempt is a row', async () => (await count()) === 2);
  const rows = await database.prisma.attempt.findMany({ orderBy: { seq: 'asc' } });
  assert.deepEqual(
    rows.map(({ id, revision }) => [id, revision]),
    [
      [first.id, 1],
      [unfinished.id, 1],
    ],
  );
  assert.ok(rows.every(({ bootId }) => bootId === boot.bootId));
  const asked = { method: 'POST', path: '/reclassify', body: {} } as const;
  const { seq, upTo, revised } = await askControl(config.layout.sockets.ingestControl, asked, Reclassified);
  assert.deepEqual([seq, upTo, revised], [0, 0, 0], 'there was nothing when these rules began');
});

test('without a database URL ingest says which variable is missing', async () => {
  await assert.rejects(startIngest(readConfig({}), SILENT), { code: 'CONFIG_INVALID', message: /PINATA_DATABASE_URL/ });
});
