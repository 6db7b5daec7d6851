import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { nodeTests, ROOT } from '../run-commands.ts';
import { tally } from '../run-tally.ts';
import { type Engine, useEngine } from './engine.ts';
import { buildPostgres, POSTGRES_IMAGE } from './images.ts';

const PASSWORD = 'superuser-of-a-test';
const PORT = 5432;
/** But for the test that kills its server, which has to be one of its own. */
const SUITES = globSync('server/src/{store,ingest}/**/*.test.ts', { cwd: ROOT }).filter(
  path => !path.endsWith('postgres-killed.test.ts'),
);

let engine: Engine | undefined;
let postgres: StartedTestContainer | undefined;

before(async () => {
  // The reaper is an image that is not to be had everywhere; what is started here is stopped here.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  engine = await useEngine();
  await buildPostgres();
  postgres = await new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_PASSWORD: PASSWORD })
    .withExposedPorts(PORT)
    .withWaitStrategy(Wait.forLogMessage('database system is ready to accept connections'))
    .start();
});

after(async () => {
  await postgres?.stop();
  await engine?.stop();
});

test('the whole store and ingest suite passes on a PostgreSQL in a container', async () => {
  assert.ok(postgres);
  const url = `postgresql://postgres:${PASSWORD}@${postgres.getHost()}:${postgres.getMappedPort(PORT)}/postgres`;
  const result = await nodeTests(SUITES, { concurrency: 2, env: { PINATA_TEST_DATABASE_URL: url } });
  assert.deepEqual(result.failures, []);
  assert.equal(result.failed, 0, tally(result));
  assert.ok(result.passed > 0);
});
