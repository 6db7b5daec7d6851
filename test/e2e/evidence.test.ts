import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer, TLSSocket } from 'node:tls';
import type pg from 'pg';
import { withKeyLog } from '../../server/src/evidence/testing/key-log.ts';
import { fieldsOf } from '../../server/src/evidence/testing/tshark.ts';
import { commitToBytes } from '../../server/src/trust/commitment.ts';
import { newUuidV7 } from '../../server/src/wire/ids.ts';
import type { AttemptRecord } from '../../server/src/wire/record.ts';
import { newestSeq, type Row, rowsAfter } from './api.ts';
import { issue, makeAuthority, type TestAuthority } from './authority.ts';
import { openssl } from './clients.ts';
import { evidence, exportOf, ownerOf, secretsPublished } from './evidence.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';

const CERTIFICATE = '11';
const ATTACKER = 'attacker of this test';

let it: Installation;
let foreign: TestAuthority;
let database: pg.Client;

before(async () => {
  it = await startInstallation();
  foreign = await makeAuthority(join(it.authority.folder, 'foreign'), '/CN=somebody else');
  issue(foreign, 'attacker', { subject: `/CN=${ATTACKER}` });
  database = await ownerOf(it);
});

after(async () => {
  await database?.end();
  await it?.stop();
  if (it) await removeInstallation(it);
});

const files = () => ({ cert: foreign.file('attacker.pem'), key: foreign.file('attacker.key') });
const attackerInPem = () => ({ cert: readFileSync(files().cert), key: readFileSync(files().key) });

async function rowOf(act: () => Promise<unknown>): Promise<Row> {
  const seq = await newestSeq(it);
  await act();
  const [row] = await rowsAfter(it, seq, 1);
  assert.ok(row);
  return row;
}

/** The names in the certificates that tshark can read, by the end that sent them. */
async function namesIn(capture: Buffer): Promise<string[]> {
  const packets = await fieldsOf(capture, ['tls.handshake.type', 'x509sat.uTF8String', 'ip.src']);
  return packets
    .filter(packet => packet['tls.handshake.type'].split(',').includes(CERTIFICATE))
    .map(packet => `${packet['ip.src']} ${packet['x509sat.uTF8String']}`);
}

const FROM_ATTACKER = new RegExp(`^192\\.0\\.2\\.1 .*${ATTACKER}`);

async function expectReadable({ id }: Row): Promise<void> {
  await secretsPublished(database, [id]);
  const { bytes: capture } = await exportOf(it, id, 'pcapng');
  assert.ok((await namesIn(capture)).some(name => FROM_ATTACKER.test(name)));
  assert.deepEqual(await namesIn(withKeyLog(capture, '')), [], 'and only with the secrets');
}

test('the certificate of a client that attacks the prize can be read in its capture', async () => {
  const row = await rowOf(() => openssl(it.ports.prize, files(), '-tls1_3'));
  assert.equal(row.result.outcome, 'certificate_untrusted');
  await expectReadable(row);
});

test('so can that of a server that the prize’s client role was led to', async () => {
  const row = await rowOf(async () => {
    const socket = connect({ port: it.ports.prize + 2, host: '127.0.0.1' });
    const tls = new TLSSocket(socket, { isServer: true, ...attackerInPem(), minVersion: 'TLSv1.3' });
    tls.on('error', () => undefined);
    await once(socket, 'close');
  });
  assert.equal(row.channel, 'client');
  await expectReadable(row);
});

test('and that of a server that was called back', async t => {
  const server = createServer({ ...attackerInPem(), minVersion: 'TLSv1.3' }).listen(it.ports.callback, '127.0.0.1');
  t.after(() => server.close());
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
  const row = await rowOf(async () => {
    const socket = connect({ port: it.ports.prize + 1, host: '127.0.0.1' });
    await Promise.all([once(socket, 'close'), once(server, 'connection')]);
  });
  assert.equal(row.channel, 'callback');
  await expectReadable(row);
});

test('secrets are held back while a connection from before is open, and that is said', async () => {
  const other = connect({ port: it.ports.prize, host: '127.0.0.1' });
  await once(other, 'connect');
  const seq = await newestSeq(it);
  await openssl(it.ports.prize, files(), '-tls1_3');
  const [row] = await rowsAfter(it, seq, 1);
  assert.ok(row);
  const { bytes, said } = await exportOf(it, row.id, 'pcapng');
  assert.match(said, /secrets +held back/);
  assert.deepEqual(await namesIn(bytes), []);
  other.end();
  await secretsPublished(database, [row.id]);
  assert.match((await exportOf(it, row.id, 'pcapng')).said, /secrets +joined/);
});

test('the transcript is what the record commits to, and is for its owner alone', async () => {
  const row = await rowOf(() => openssl(it.ports.prize, files(), '-tls1_3'));
  const file = join(it.data, '..', 'transcript.jsonl');
  const { status, text } = await evidence(it, row.id, '--format', 'transcript', '--out', file);
  assert.equal(status, 0, text);
  const { rows } = await database.query<{ record: AttemptRecord; salt: string }>(
    `select record, salts ->> 'transcript' as salt from attempt join attempt_private using (id)
     where id = $1 and superseded_change is null`,
    [row.id],
  );
  const [stored] = rows;
  assert.equal(commitToBytes(stored?.salt ?? '', readFileSync(file)), stored?.record.commitments.transcript);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  rmSync(file);
});

test('what cannot be given says why', async () => {
  const row = await rowOf(() => openssl(it.ports.prize, files(), '-tls1_3'));
  const refused = async (why: RegExp, ...args: string[]) => assert.match((await evidence(it, ...args)).stderr, why);
  await Promise.all([
    refused(/^ATTEMPT_UNKNOWN: /, newUuidV7(Date.now())),
    refused(/^USAGE: nonsense is no id/, 'nonsense'),
    refused(/^USAGE: There is no format gif/, row.id, '--format', 'gif'),
    refused(/^USAGE: \/nowhere\/file cannot be/, row.id, '--out', '/nowhere/file'),
  ]);
  await database.query('delete from attempt_evidence where id = $1', [row.id]);
  await refused(/^EVIDENCE_GONE: /, row.id);
});
