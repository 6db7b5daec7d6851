import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { clientHello, extension, record, serverHello, u16s, vector8 } from '../tls/testing/bytes.ts';
import { conclude } from './conclude.ts';
import { evidenceOf, type Story, type Told } from './testing/evidence.ts';

const run = promisify(execFile);
const HELLO = record(22, clientHello(), 0x0301);
const FLIGHT: NonNullable<Story['wire']> = [
  ['in', HELLO],
  ['out', record(22, serverHello())],
];
let folder: string;
/** Base64 DER: our authority and a leaf of it, one of the same name and its leaf, and a stranger with its leaf. */
const made: Record<'ours' | 'ourLeaf' | 'twin' | 'twinLeaf' | 'stranger' | 'strangerLeaf', string> = {
  ...{ ours: '', ourLeaf: '', twin: '', twinLeaf: '', stranger: '', strangerLeaf: '' },
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinata-classes-'));
  made.ours = await authority('ours', '/CN=Pinata authority');
  made.twin = await authority('twin', '/CN=Pinata authority');
  made.stranger = await authority('stranger', '/CN=Somebody else');
  made.ourLeaf = await leaf('ours');
  made.twinLeaf = await leaf('twin');
  made.strangerLeaf = await leaf('stranger');
});
after(() => rm(folder, { recursive: true }));

test('a stranger is an unknown authority; one of our name is a look-alike, with or without its authority sent along', () => {
  assert.deepEqual(presenting([made.strangerLeaf], 'UnknownIssuer', 48), ['E02_unknown_ca']);
  assert.deepEqual(presenting([made.twinLeaf], 'BadSignature', 51), ['E03_lookalike_ca']);
  assert.deepEqual(presenting([made.twinLeaf, made.twin], 'UnknownIssuer', 48), ['E03_lookalike_ca']);
});

test('our own certificate comes back as a reflection, which is no look-alike', () => {
  assert.deepEqual(presenting([made.ourLeaf], 'InvalidPurpose', 43), ['E06_reflected_certificate', 'E07_wrong_eku']);
});

test('the certificate that belongs to the other role is no reflection: nobody was shown it here', () => {
  assert.ok(
    !presenting([made.stranger], 'UnknownIssuer', 48, { client: made.stranger }).includes('E06_reflected_certificate'),
  );
});

test('wrong purpose and wrong time are told apart', () => {
  assert.deepEqual(presenting([made.strangerLeaf], 'RequiredEkuNotFound', 43), ['E07_wrong_eku']);
  assert.deepEqual(presenting([made.strangerLeaf], 'NotValidYet', 45), ['E08_expired_or_future']);
});

test('an empty list of certificates is no certificate', () => {
  assert.deepEqual(classes({ wire: FLIGHT, guest: [{ kind: 'alert_sent', code: 116 }] }), ['E01_no_certificate']);
  assert.deepEqual(classes({ wire: FLIGHT, guest: [{ kind: 'alert_sent', code: 10 }] }), []);
});

test('text is known by its beginning, the rest is garbage', () => {
  const text = (first: string) => classes({ wire: [['in', Buffer.from(first)]] });
  assert.deepEqual(text('GET / HTTP/1.1\r\n'), ['A03_http_plaintext']);
  assert.deepEqual(text('SSH-2.0-Go\r\n'), ['A06_ssh_banner']);
  assert.deepEqual(text('GETTING'), ['A13_garbage']);
});

test('a hello without TLS 1.3 is a legacy probe', () => {
  const hello = (...versions: number[]) =>
    record(22, clientHello({ extensions: [extension(43, vector8(u16s(versions)))] }));
  assert.deepEqual(classes({ wire: [['in', hello(0x0303, 0x0302)]] }), ['C04_legacy_tls_probe']);
  assert.deepEqual(classes({ wire: [['in', hello(0x0304, 0x0303)]] }), []);
  assert.deepEqual(classes({ wire: [['in', record(22, clientHello({ extensions: null }))]] }), [
    'C04_legacy_tls_probe',
  ]);
});

test('a connection without a byte is a scan if it is short', () => {
  assert.deepEqual(classes({}), ['A01_port_scan_connect']);
  const open = evidenceOf({}).open.t;
  assert.deepEqual(classes({ close: { t: open + 3_000_000 } }), []);
});

test('a crash keeps its reason, and a release is the most severe of all', () => {
  const crash = conclude(evidenceOf({ wire: FLIGHT, bootEnd: 'crash' }));
  assert.deepEqual(crash.classes, [{ id: 'G02_guest_crash', confidence: 1, evidence: 'panic: test' }]);
  const won = conclude(evidenceOf({ wire: FLIGHT, guest: [{ kind: 'released', bytes: 1, peerIsSelf: false }] }));
  assert.equal(won.primaryClass, 'E17_secret_released');
  const relay: Told[] = [{ kind: 'released', bytes: 1, peerIsSelf: true }];
  assert.deepEqual(classes({ wire: FLIGHT, guest: relay }), ['E16_self_relay']);
  assert.deepEqual(classes({ wire: FLIGHT, guest: relay, selfTest: true }), []);
});

function presenting(chain: string[], reason: string, code: number, others: { client?: string } = {}): string[] {
  const ready = { ca: made.ours, server: made.ourLeaf, client: '', ...others };
  const certificate: Told = { kind: 'certificate', chain, sha256: '', count: chain.length };
  const guest: Told[] = [certificate, { kind: 'chain_rejected', reason }, { kind: 'alert_sent', code }];
  return classes({ wire: FLIGHT, guest, ready });
}

function classes(story: Story): string[] {
  return conclude(evidenceOf(story)).classes.map(({ id }) => id);
}

async function authority(name: string, subject: string): Promise<string> {
  return openssl(name, ['req', '-x509', ...newKey(name), '-subj', subject, '-days', '30']);
}

async function leaf(issuer: string): Promise<string> {
  const name = `${issuer}-leaf`;
  const request = path(`${name}.csr`);
  await run('openssl', ['req', '-new', ...newKey(name), '-subj', '/CN=leaf', '-out', request]);
  const signer = ['-CA', path(`${issuer}.pem`), '-CAkey', path(`${issuer}.key`), '-set_serial', '2'];
  return openssl(name, ['x509', '-req', '-in', request, ...signer, '-days', '30']);
}

async function openssl(name: string, args: string[]): Promise<string> {
  const file = path(`${name}.pem`);
  await run('openssl', [...args, '-out', file]);
  const pem = await readFile(file, 'ascii');
  return pem.replace(/-----[A-Z ]+-----|\s/g, '');
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path(`${name}.key`)];
}

function path(name: string): string {
  return join(folder, name);
}
