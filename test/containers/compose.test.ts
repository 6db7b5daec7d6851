import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Health } from '../../server/src/cli/answers.ts';
import { checked } from '../../server/src/cli/api.ts';
import { freePorts } from '../../server/src/up/free-port.ts';
import { Compose } from './compose.ts';
import { docker } from './docker.ts';
import { type Engine, useEngine } from './engine.ts';
import { buildPostgres, buildProcesses, POSTGRES_IMAGE, ROOT, TAG } from './images.ts';

const READY_DEADLINE_MS = 180_000;
const POLL_MS = 500;
const SERVICES = ['postgres', 'supervisor', 'ingest', 'gateway', 'api'];

const run = promisify(execFile);

let engine: Engine | undefined;
let compose: Compose | undefined;
let folder = '';
let http = 0;

before(async () => {
  engine = await useEngine();
  folder = await mkdtemp(join(tmpdir(), 'pinata-compose-'));
  await chmod(folder, 0o755);
  const stage = join(folder, 'stage');
  await buildPostgres();
  await buildProcesses(stage);
  const ports = await freePorts('127.0.0.1', 8);
  http = ports;
  compose = new Compose(`pinata-test-${process.pid}`, {
    PINATA_STAGE: stage,
    PINATA_TAG: TAG,
    PINATA_POSTGRES_IMAGE: POSTGRES_IMAGE,
    PINATA_SUPERUSER_PASSWORD: 'superuser-of-a-test',
    PINATA_OWNER_PASSWORD: 'owner-of-a-test',
    PINATA_READER_PASSWORD: 'reader-of-a-test',
    PINATA_ATTACK_HOST: '127.0.0.1',
    PINATA_HTTP_PORT: String(ports),
    PINATA_PRIZE_PORT: String(ports + 1),
    PINATA_PRACTICE_PORT: String(ports + 4),
    PINATA_POSTGRES_PORT: String(ports + 7),
    PINATA_NETWORK: 'regtest',
  });
  await compose.up();
  await whenHealthy();
});

after(async () => {
  await compose?.down();
  await engine?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

test('an attempt through the containers ends as a row', async () => {
  const refused = await pinata('attempt');
  assert.match(refused, /^outcome +certificate_missing, depth 3/m);
  const won = await pinata('attempt', '--with-credentials');
  assert.match(won, /^ +\| pinata release 1$/m);
  assert.match(won, /^outcome +released_practice, depth 8/m);
});

test('every container runs as a user of its own, on a read-only root, with no capability but the supervisor’s three', async () => {
  const users = new Set<string>();
  for (const service of SERVICES) {
    const { user, readOnly, capabilities } = await inspect(service);
    assert.match(user, /^[1-9]\d*:[1-9]\d*$/, service);
    users.add(user);
    assert.equal(readOnly, true, service);
    assert.deepEqual(capabilities, service === 'supervisor' ? ['KILL', 'SETGID', 'SETUID'] : [], service);
  }
  assert.equal(users.size, SERVICES.length);
});

test('the secrets are mounted into the supervisor alone', async () => {
  for (const service of SERVICES) {
    const { mounts } = await inspect(service);
    assert.equal(mounts.includes('/data/secrets'), service === 'supervisor', service);
  }
});

test('each VM runs under a user that is not the supervisor’s', async () => {
  const container = await compose?.container('supervisor');
  const listing = await docker('top', container ?? '', '-eo', 'pid,uid,comm');
  const users = listing.split('\n').flatMap(line => /^\s*\d+\s+(\d+)\s+qemu-system/.exec(line)?.[1] ?? []);
  assert.equal(new Set(users).size, 2, listing);
  assert.ok(!users.includes('64102'), listing);
});

async function inspect(service: string): Promise<{
  user: string;
  readOnly: boolean;
  capabilities: string[];
  mounts: string[];
}> {
  const container = await compose?.container(service);
  const [found] = JSON.parse(await docker('inspect', container ?? ''));
  assert.deepEqual(found.HostConfig.CapDrop, ['ALL'], service);
  return {
    user: found.Config.User,
    readOnly: found.HostConfig.ReadonlyRootfs,
    capabilities: [...(found.HostConfig.CapAdd ?? [])].map(name => name.replace(/^CAP_/, '')).sort(),
    mounts: found.Mounts.map((mount: { Destination: string }) => mount.Destination),
  };
}

async function pinata(...args: string[]): Promise<string> {
  const { stdout } = await run(join(ROOT, 'pinata'), [...args, '--data', folder, '--http-port', String(http)]);
  return stdout;
}

/** Waits until the page says that all is well and both self-tests have passed, for which the gateway must be there; the error tells what the containers said. */
async function whenHealthy(): Promise<void> {
  const deadline = Date.now() + READY_DEADLINE_MS;
  while (!(await isHealthy().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not up:\n${await compose?.logs()}`);
    await delay(POLL_MS);
  }
}

async function isHealthy(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${http}/status.json`);
  const { overall, targets } = checked(await response.json(), Health, '/status.json');
  return overall === 'ok' && targets.length === 2 && targets.every(({ selfTest }) => selfTest?.passed === true);
}
