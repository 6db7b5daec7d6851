import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { encodeWif, parseSecretKey } from '../../server/src/keys/secret-key.ts';
import { newestSeq, rowsAfter } from './api.ts';
import { openssl } from './clients.ts';
import { run } from './command.ts';
import { type Installation, ROOT, removeInstallation, startInstallation } from './installation.ts';
import { type ProcessInfo, processTree } from './processes.ts';

let it: Installation;
let forms: Map<string, Buffer>;

before(async () => {
  it = await startInstallation();
  const key = parseSecretKey(readFileSync(secretFile()), 'mainnet');
  const bytes = Buffer.from(key);
  forms = new Map([
    ['raw', bytes],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['HEX', Buffer.from(bytes.toString('hex').toUpperCase())],
    ['base64', Buffer.from(bytes.toString('base64').slice(0, 42))],
    ['WIF', Buffer.from(encodeWif(key, 'mainnet'))],
  ]);
  await everythingThatHappens();
});

after(async () => {
  await it?.stop();
  if (it) await removeInstallation(it);
});

const secretFile = () => join(it.data, 'secrets', 'prize.key');

/** A full release through a relay, a refusal, a proof: the secret is used in every way that there is. */
async function everythingThatHappens(): Promise<void> {
  const seq = await newestSeq(it);
  await run('socat', [`TCP4:127.0.0.1:${it.ports.prize + 2}`, `TCP4:127.0.0.1:${it.ports.prize}`]);
  await openssl(it.ports.prize, null, '-tls1_3');
  await rowsAfter(it, seq, 3);
  const proof = await run(join(ROOT, 'pinata'), ['prove', 'prize'], { env: { ...process.env, PINATA_DATA: it.data } });
  assert.equal(proof.status, 0, proof.text);
}

/** The forms of the key that are in `bytes`. */
function found(bytes: Buffer): string[] {
  return [...forms].filter(([, form]) => bytes.includes(form)).map(([name]) => name);
}

test('not in any argument or environment', () => {
  const tree = processTree(it.process.pid ?? 0);
  assert.ok(tree.length >= 7, 'the whole installation is looked at');
  for (const info of tree)
    assert.deepEqual(
      found(Buffer.from(`${info.argv.join('\0')}\0${info.environment}`, 'latin1')),
      [],
      info.argv.join(' '),
    );
});

test('not in logs, spools, database files, cores or anything else that is kept, but in its own file', () => {
  const files = walk(it.data);
  const holders = files.filter(file => found(readFileSync(file)).length > 0).map(file => relative(it.data, file));
  assert.deepEqual(holders, [relative(it.data, secretFile())]);
  assert.equal(statSync(secretFile()).mode & 0o077, 0);
});

test('not in the evidence that the database keeps compressed', async () => {
  const password = readFileSync(join(it.data, 'postgres', 'pinata.password'), 'utf8').trim();
  const client = new pg.Client({
    host: '127.0.0.1',
    port: it.ports.postgres,
    user: 'pinata',
    password,
    database: 'pinata',
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ transcript: Buffer }>('select transcript from attempt_evidence');
    assert.ok(rows.length > 0);
    for (const row of rows) assert.deepEqual(found(gunzipSync(row.transcript)), []);
  } finally {
    await client.end();
  }
});

test('not in the exports', async () => {
  for (const format of ['jsonl', 'csv']) {
    const response = await fetch(`${it.url}/api/v1/attempts?format=${format}`);
    assert.deepEqual(found(Buffer.from(await response.arrayBuffer())), []);
  }
});

test('not in the image', () => {
  assert.deepEqual(found(readFileSync(join(ROOT, 'pinata-image/target/pinata.elf'))), []);
});

test('not in the memory of any process but the prize’s machine', () => {
  const holders = processTree(it.process.pid ?? 0).flatMap(info => (memoryHolds(info) ? [nameOf(info)] : []));
  assert.deepEqual(holders, ['qemu prize']);
});

function nameOf(info: ProcessInfo): string {
  const line = info.argv.join(' ');
  const role = /(gateway|supervisor|ingest|api)\/main\.ts/.exec(line)?.[1];
  if (line.includes('qemu-system')) return `qemu ${/prize|practice/.exec(line)?.[0] ?? '?'}`;
  return role ?? line.slice(0, 80);
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
  });
}

const CHUNK = 1 << 22;
const OVERLAP = 128;

/** Looks through all that a process can write to in its memory. One that has ended meanwhile holds nothing. */
function memoryHolds(info: ProcessInfo): boolean {
  let fd: number;
  let maps: string[];
  try {
    maps = readFileSync(`/proc/${info.pid}/maps`, 'latin1').split('\n');
    fd = openSync(`/proc/${info.pid}/mem`, 'r');
  } catch {
    return false;
  }
  try {
    return maps.some(line => {
      const region = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
      return (
        region !== null && regionHolds(fd, Number.parseInt(region[1] ?? '', 16), Number.parseInt(region[2] ?? '', 16))
      );
    });
  } finally {
    closeSync(fd);
  }
}

function regionHolds(fd: number, from: number, to: number): boolean {
  const buffer = Buffer.alloc(CHUNK);
  for (let at = from; at < to; at += CHUNK - OVERLAP) {
    let n = 0;
    try {
      n = readSync(fd, buffer, 0, Math.min(CHUNK, to - at), at);
    } catch {
      return false; // a region that cannot be read, such as a device
    }
    if (n > 0 && found(buffer.subarray(0, n)).length > 0) return true;
  }
  return false;
}
