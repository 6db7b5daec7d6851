import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type pg from 'pg';
import { withKeyLog } from '../../server/src/evidence/testing/key-log.ts';
import { everySource, fieldsOf } from '../../server/src/evidence/testing/tshark.ts';
import { parseTranscript, type TranscriptLine } from '../../server/src/evidence/transcript.ts';
import { encodeWif, parseSecretKey } from '../../server/src/keys/secret-key.ts';
import { newestSeq, type Row, rowsAfter } from './api.ts';
import { openssl } from './clients.ts';
import { run } from './command.ts';
import { exportOf, ownerOf, secretsPublished } from './evidence.ts';
import { type Installation, ROOT, removeInstallation, startInstallation } from './installation.ts';
import { type ProcessInfo, processTree } from './processes.ts';
import { encryptedBodies, type Relayed, recordRelay } from './recorded-relay.ts';

const DOCUMENT = 'pinata release 1';

let it: Installation;
let database: pg.Client;
let forms: Map<string, Buffer>;
let relayed: Relayed;
/** Both legs of the relay, and somebody who got the practice document. */
let legs: Row[];
let winner: Row;
let winnersKeyLog: string;
/** What is exported of these three, with the secrets that are published. */
let captures: Map<string, Buffer>;
let transcripts: Buffer[];

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
  database = await ownerOf(it);
  await everythingThatHappens();
});

after(async () => {
  await database?.end();
  await it?.stop();
  if (it) await removeInstallation(it);
});

const secretFile = () => join(it.data, 'secrets', 'prize.key');

/** A full release through a relay, a refusal, a win on practice, a proof: secrets are used in every way that there is. */
async function everythingThatHappens(): Promise<void> {
  const seq = await newestSeq(it);
  relayed = await recordRelay(it.ports.prize + 2, it.ports.prize);
  await openssl(it.ports.prize, null, '-tls1_3');
  const keyLog = join(it.authority.folder, 'winner.keys');
  const identity = { cert: it.authority.file('client.pem'), key: it.authority.file('client.key') };
  const { text } = await openssl(it.ports.practice, identity, '-tls1_3', '-keylogfile', keyLog);
  assert.ok(text.includes(DOCUMENT));
  winnersKeyLog = readFileSync(keyLog, 'utf8');
  const rows = await rowsAfter(it, seq, 4);
  legs = rows.filter(row => row.result.outcome === 'released_relay');
  assert.equal(legs.length, 2);
  const won = rows.find(row => row.result.outcome === 'released_practice');
  assert.ok(won);
  winner = won;
  await exportEverything();
  const proof = await run(join(ROOT, 'pinata'), ['prove', 'prize'], { env: { ...process.env, PINATA_DATA: it.data } });
  assert.equal(proof.status, 0, proof.text);
}

async function exportEverything(): Promise<void> {
  const ids = [...legs, winner].map(({ id }) => id);
  await secretsPublished(database, ids);
  captures = new Map();
  for (const id of ids) {
    const { bytes, said } = await exportOf(it, id, 'pcapng');
    assert.match(said, /secrets +joined/);
    captures.set(id, bytes);
  }
  transcripts = await Promise.all(ids.map(async id => (await exportOf(it, id, 'transcript')).bytes));
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

test('not in any table, nor in the evidence that is kept there compressed', async () => {
  const { rows: tables } = await database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  assert.ok(tables.some(({ name }) => name === 'handshake_secret'));
  for (const { name } of tables) {
    const { rows } = await database.query<{ text: string }>(`select t::text as text from ${name} t`);
    for (const { text } of rows) assert.deepEqual(found(Buffer.from(text)), [], name);
  }
  const { rows } = await database.query<{ transcript: Buffer }>('select transcript from attempt_evidence');
  assert.ok(rows.length > 0);
  for (const row of rows) assert.deepEqual(found(gunzipSync(row.transcript)), []);
});

test('not in what is exported of a full success, decrypted with all that is published', async () => {
  for (const transcript of transcripts) assert.deepEqual(found(transcript), []);
  for (const capture of captures.values()) {
    assert.deepEqual(found(capture), []);
    const labels = capture.toString('latin1').match(/[A-Z_0-9]+(?= [0-9a-f]{64} [0-9a-f]{64}\n)/g);
    assert.deepEqual(labels, ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET']);

    const packets = await fieldsOf(capture, ['tls.handshake.type']);
    const messages = packets.flatMap(packet => packet['tls.handshake.type'].split(',')).filter(Boolean);
    // Hellos, encrypted extensions, certificate request, certificates and proofs of both, Finished of both (RFC 8446 §4).
    assert.deepEqual(messages, ['1', '2', '8', '13', '11', '15', '20', '11', '15', '20'], 'the handshake is read');
    const sources = await everySource(capture);
    assert.deepEqual(found(sources), []);
    assert.ok(!sources.includes(DOCUMENT));
  }
});

test('a key log of the whole session would open the document in what is exported of practice', async () => {
  const capture = captures.get(winner.id);
  assert.ok(capture);
  const sources = await everySource(withKeyLog(capture, winnersKeyLog));
  assert.ok(sources.includes(DOCUMENT));
  assert.ok(sources.includes('wif: '));
});

test('the prize’s release is not even kept encrypted, on neither leg of the relay', async () => {
  const bodies = [relayed.from, relayed.to].map(encryptedBodies);
  const flights = bodies.flatMap(each => each.slice(0, 1));
  const released = bodies.flatMap(each => each.slice(1)).filter(body => body.length > ALERT_MAX_BYTES);
  assert.ok(flights.length === 2 && released.length >= 2, 'each leg was given the secret');
  const { rows } = await database.query<{ transcript: Buffer }>('select transcript from attempt_evidence');
  const kept = rows.flatMap(({ transcript }) => bytesIn(parseTranscript(gunzipSync(transcript).toString('utf8'))));
  kept.push(...captures.values());
  const holds = (piece: Buffer) => kept.some(bytes => bytes.includes(piece));
  for (const flight of flights) assert.ok(holds(flight.subarray(0, PIECE_BYTES)), 'the flight before it is kept');
  for (const piece of released.flatMap(piecesOf)) assert.ok(!holds(piece));
});

/** An encrypted alert is shorter. */
const ALERT_MAX_BYTES = 64;
const PIECE_BYTES = 32;

function piecesOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / PIECE_BYTES) }, (_, index) =>
    bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  );
}

/** What a transcript holds of each direction. */
function bytesIn(lines: readonly TranscriptLine[]): Buffer[] {
  return (['in', 'out'] as const).map(dir =>
    Buffer.concat(
      lines.flatMap(line => (line.kind === 'data' && line.dir === dir ? [Buffer.from(line.bytes, 'base64')] : [])),
    ),
  );
}

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
