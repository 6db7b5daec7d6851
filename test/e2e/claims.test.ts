import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { withKeyLog } from '../../server/src/evidence/testing/key-log.ts';
import { fieldsOf } from '../../server/src/evidence/testing/tshark.ts';
import type { JsonValue } from '../../server/src/trust/canonical-json.ts';
import { claimTagOfToken, newClaimToken } from '../../server/src/trust/claim-tag.ts';
import { leafHash } from '../../server/src/trust/leaf.ts';
import { get } from './api.ts';
import { run } from './command.ts';
import { ownerOf, secretsPublished } from './evidence.ts';
import { type Installation, ROOT, removeInstallation, startInstallation } from './installation.ts';

/** RFC 8446 §4: certificate request, which no one reads without the secrets of the handshake. */
const CERTIFICATE_REQUEST = '13';

let it: Installation;

before(async () => {
  it = await startInstallation();
});

after(async () => {
  await it?.stop();
  if (it) await removeInstallation(it);
});

const ask = (path: string, token: string, method = 'GET') =>
  fetch(it.url + path, { method, headers: { authorization: `Bearer ${token}` } });

/** Makes an attempt as people do, and reads from the screen what they are told. */
async function attemptWithClaim(): Promise<{ id: string; token: string }> {
  const env = { ...process.env, PINATA_DATA: it.data };
  const { status, text } = await run(join(ROOT, 'pinata'), ['attempt', '--target', 'prize'], { env });
  assert.equal(status, 0, text);
  const [, id = ''] = text.match(/^attempt +(\S+)$/m) ?? [];
  const [, token = ''] = text.match(/^claim +([0-9a-f]{64})$/m) ?? [];
  assert.ok(id && token, text);
  return { id, token };
}

const messagesIn = async (capture: Buffer) =>
  (await fieldsOf(capture, ['tls.handshake.type'])).flatMap(packet => packet['tls.handshake.type'].split(','));

/** Files of the installation that hold a text, those of its database aside. */
function filesWith(text: string): string[] {
  return readdirSync(it.data, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.startsWith('postgres'))
    .filter(name => statSync(join(it.data, name), { throwIfNoEntry: false })?.isFile())
    .filter(name => readFileSync(join(it.data, name)).includes(text));
}

test('who made an attempt opens its capture with the token, erases it, and leaves the leaf as it was', async t => {
  const { id, token } = await attemptWithClaim();
  const row = await get<{ result: { claimTag: string }; leafHash: string }>(it, `/api/v1/attempts/${id}`);
  assert.equal(row.result.claimTag, claimTagOfToken(token));
  const leafPath = `/api/v1/attempts/${id}/leaf?revision=1`;
  const leaf = await get<{ leaf: Record<string, JsonValue>; leafHash: string }>(it, leafPath);

  const database = await ownerOf(it);
  t.after(() => database.end());
  await secretsPublished(database, [id]);
  const response = await ask(`/api/v1/attempts/${id}/pcap`, token);
  assert.deepEqual([response.status, response.headers.get('pinata-secrets')], [200, 'published']);
  const capture = Buffer.from(await response.arrayBuffer());
  assert.ok((await messagesIn(capture)).includes(CERTIFICATE_REQUEST));
  assert.ok(!(await messagesIn(withKeyLog(capture, ''))).includes(CERTIFICATE_REQUEST), 'and only with the secrets');

  const path = `/api/v1/attempts/${id}/private`;
  assert.equal((await ask(path, newClaimToken(), 'DELETE')).status, 403);
  assert.equal((await ask(path, token, 'DELETE')).status, 204);
  for (const kind of ['pcap', 'transcript', 'private']) {
    assert.equal((await ask(`/api/v1/attempts/${id}/${kind}`, token)).status, 410, kind);
  }
  const left = 'select from attempt_private where id = $1 union all select from attempt_evidence where id = $1';
  const secrets = 'union all select from handshake_secret where id = $1';
  const { rowCount } = await database.query(`${left} ${secrets}`, [id]);
  assert.equal(rowCount, 0);

  assert.deepEqual(await get(it, leafPath), leaf);
  assert.equal(leafHash(leaf.leaf), leaf.leafHash);
  const erased = await get<{ erased: boolean; revision: number }>(it, `/api/v1/attempts/${id}`);
  assert.equal(erased.erased, true);
  assert.deepEqual(filesWith(token), [], 'the token is in no log and no file');
});
