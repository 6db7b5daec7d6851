import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../config.ts';
import { makeFolders, planFolders } from './folders.ts';
import { accountsFrom } from './roles.ts';

const ACCOUNTS = accountsFrom(64_950);
const NOT_ROOT = process.getuid?.() !== 0 && 'only root gives folders away';

function layout(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-folders-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return readConfig({ PINATA_DATA: join(folder, 'data') }).layout;
}

test('everything that is kept is closed to others', async t => {
  const folders = planFolders(layout(t));
  await makeFolders(folders, null);
  for (const { path } of folders) assert.equal(statSync(path).mode & 0o006, 0, path);
});

test('the secrets are the supervisor’s alone', { skip: NOT_ROOT }, async t => {
  const where = layout(t);
  await makeFolders(planFolders(where), ACCOUNTS);
  const { uid, gid, mode } = statSync(where.secrets);
  assert.deepEqual([uid, gid, mode & 0o7777], [ACCOUNTS.supervisor.uid, ACCOUNTS.supervisor.gid, 0o700]);
});

test('a socket’s folder is its owner’s, and open to the group of its one reader', { skip: NOT_ROOT }, async t => {
  const where = layout(t);
  await makeFolders(planFolders(where), ACCOUNTS);
  const seen = Object.entries(where.sockets).map(([name, path]) => {
    const { uid, gid, mode } = statSync(join(path, '..'));
    return [name, uid, gid, mode & 0o7777];
  });
  const { gateway, supervisor, ingest, api } = ACCOUNTS;
  assert.deepEqual(seen, [
    ['gatewaySpool', gateway.uid, ingest.gid, 0o2750],
    ['supervisorSpool', supervisor.uid, ingest.gid, 0o2750],
    ['targets', supervisor.uid, gateway.gid, 0o2750],
    ['supervisorControl', supervisor.uid, supervisor.gid, 0o2750],
    ['supervisorProofs', supervisor.uid, api.gid, 0o2750],
    ['supervisorRestarts', supervisor.uid, ingest.gid, 0o2750],
    ['ingestControl', ingest.uid, ingest.gid, 0o2750],
    ['claims', ingest.uid, api.gid, 0o2750],
    ['bans', ingest.uid, gateway.gid, 0o2750],
    ['admin', ingest.uid, ingest.gid, 0o2750],
  ]);
});

test('the organisers’ socket is open to the operators’ group and to no other', { skip: NOT_ROOT }, async t => {
  const where = layout(t);
  await makeFolders(planFolders(where, { PINATA_OPERATOR_GID: 64_999 }), ACCOUNTS);
  const groups = Object.values(where.sockets).map(path => statSync(join(path, '..')).gid);
  assert.deepEqual(
    groups.filter(gid => gid === 64_999),
    [64_999],
  );
  assert.equal(statSync(join(where.sockets.admin, '..')).gid, 64_999);
});

test('what an earlier start as another user left is handed over', { skip: NOT_ROOT }, async t => {
  const where = layout(t);
  mkdirSync(join(where.secrets, 'practice-authority'), { recursive: true });
  writeFileSync(join(where.secrets, 'practice-authority', 'ca.pem'), 'x');
  await makeFolders(planFolders(where), ACCOUNTS);
  assert.equal(statSync(join(where.secrets, 'practice-authority', 'ca.pem')).uid, ACCOUNTS.supervisor.uid);
});
