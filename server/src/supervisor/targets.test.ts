import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Config, readConfig } from '../config.ts';
import { PinataError } from '../errors.ts';
import { planTargets } from './targets.ts';

function configIn(t: TestContext, env: Record<string, string> = {}): Config {
  const data = mkdtempSync(join(tmpdir(), 'pinata-targets-'));
  t.after(() => rmSync(data, { recursive: true }));
  return readConfig({ PINATA_DATA: data, ...env }, data);
}

const hasCode = (code: string) => (error: unknown) => error instanceof PinataError && error.code === code;
const keyFiles = ({ layout }: Config) =>
  ['prize.key', 'practice.key'].map(name => readFileSync(join(layout.secrets, name), 'latin1'));
const KEY = '01'.repeat(32);

test('a first start makes a demo key, a worthless key and an authority, and the next start finds them', async t => {
  const config = configIn(t);
  const [prize, practice] = await planTargets(config, true);
  const files = keyFiles(config);
  const [prizeAgain, practiceAgain] = await planTargets(config, true);
  assert.deepEqual(prize?.provider, prizeAgain?.provider);
  assert.deepEqual(files, keyFiles(config));
  assert.notEqual(files[0], files[1]);
  assert.match(files.join(), /^[0-9a-f]{64}\n,[0-9a-f]{64}\n$/);
  assert.deepEqual(practice?.authority, practiceAgain?.authority);
  assert.equal(prize?.authority, null);
});

test('a demo key that has gone is an error once anything was recorded, not a new key', async t => {
  const config = configIn(t);
  await planTargets(config, true);
  mkdirSync(join(config.layout.supervisor, 'spool'), { recursive: true });
  rmSync(join(config.layout.secrets, 'prize.key'));
  await assert.rejects(planTargets(config, true), hasCode('SECRET_MISSING'));
});

test('a given key is looked at before anything starts', async t => {
  const config = configIn(t, { PINATA_PRIZE_SECRET: 'given.key' });
  const file = config.settings.PINATA_PRIZE_SECRET;
  await assert.rejects(planTargets(config, true), hasCode('SECRET_MISSING'));
  writeFileSync(file, KEY, { mode: 0o600 });
  await planTargets(config, true);
  writeFileSync(file, 'no key');
  await assert.rejects(planTargets(config, true), hasCode('SECRET_INVALID'));
  assert.throws(() => readFileSync(join(config.layout.secrets, 'prize.key')));
});

test('a real secret is refused while all share one user, unless the risk is accepted', async t => {
  const env = { PINATA_PRIZE_SECRET: 'given.key' };
  const config = configIn(t, env);
  writeFileSync(config.settings.PINATA_PRIZE_SECRET, KEY, { mode: 0o600 });
  await assert.rejects(planTargets(config, false), hasCode('SECRET_SHARED_UID'));
  const accepting = configIn(t, { ...env, PINATA_ALLOW_SHARED_UID: '1' });
  writeFileSync(accepting.settings.PINATA_PRIZE_SECRET, KEY, { mode: 0o600 });
  assert.equal((await planTargets(accepting, false)).length, 2);
});

test('the claim points to the public address', async t => {
  const [local] = await planTargets(configIn(t), true);
  assert.equal(local?.publicUrl, 'http://127.0.0.1:8080');
  const [abroad] = await planTargets(configIn(t, { PINATA_PUBLIC_URL: 'https://pinata.example/' }), true);
  assert.equal(abroad?.publicUrl, 'https://pinata.example');
  await assert.rejects(planTargets(configIn(t, { PINATA_NETWORK: 'moon' }), true), hasCode('CONFIG_INVALID'));
});
