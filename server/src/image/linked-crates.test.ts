import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexPath } from './cargo-lock.ts';
import { joinCrates, keyOf } from './linked-crates.ts';

/** What cargo answers about one small crate of the guest; the metadata and the lock know others too. */
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const cargo = () => ({
  tree: fixture('preface-tree.txt'),
  metadata: JSON.parse(fixture('preface-metadata.json')),
  lock: fixture('preface-Cargo.lock'),
});
const find = (name: string) => joinCrates(cargo()).find(crate => crate.name === name);

test('the linked crates are those of the tree, each once, sorted', () => {
  assert.deepEqual(joinCrates(cargo()).map(keyOf), [
    'block-buffer@0.12.1',
    'cfg-if@1.0.5',
    'cmov@0.5.4',
    'cpufeatures@0.3.1',
    'crypto-common@0.2.2',
    'ctutils@0.4.8',
    'digest@0.11.3',
    'hmac@0.13.0',
    'hybrid-array@0.4.15',
    'pinata-preface@0.1.0',
    'sha2@0.11.1',
    'subtle@2.6.1',
    'typenum@1.20.1',
  ]);
});

test('uses are complete also for a crate that the tree shows twice', () => {
  assert.deepEqual(find('pinata-preface')?.uses, ['hmac@0.13.0', 'sha2@0.11.1', 'subtle@2.6.1']);
  assert.deepEqual(find('sha2')?.uses, ['cfg-if@1.0.5', 'cpufeatures@0.3.1', 'digest@0.11.3']);
  assert.deepEqual(find('digest')?.uses, ['block-buffer@0.12.1', 'crypto-common@0.2.2', 'ctutils@0.4.8']);
  assert.deepEqual(find('cmov')?.uses, []);
});

test('features, licence, checksum and folders come with it; our own crates have no checksum', () => {
  const digest = find('digest');
  assert.deepEqual(digest?.features, ['block-api', 'default', 'mac']);
  assert.equal(digest.licence, 'MIT OR Apache-2.0');
  assert.match(digest.checksum ?? '', /^[0-9a-f]{64}$/);
  assert.equal(digest.own, false);
  assert.equal(digest.sourceFolder, '/crates/digest-0.11.3/src');
  const own = find('pinata-preface');
  assert.deepEqual(
    [own?.own, own?.checksum, own?.licence, own?.library, own?.sourceFolder],
    [true, null, 'Apache-2.0', 'pinata_preface', '/sources/preface/src'],
  );
});

test('a crate from elsewhere that lies in this repository is not ours but patched', () => {
  const answers = cargo();
  for (const one of answers.metadata.packages) if (one.name === 'digest') one.source = null;
  const crates = joinCrates(answers);
  assert.deepEqual(
    crates.filter(({ patched }) => patched).map(({ name, own }) => [name, own]),
    [['digest', false]],
  );
});

test('a licence written with a slash becomes an SPDX expression', () => {
  const answers = cargo();
  for (const one of answers.metadata.packages) one.license = 'MIT/Apache-2.0';
  assert.ok(joinCrates(answers).every(({ licence }) => licence === 'MIT OR Apache-2.0'));
});

test('answers that do not fit together are refused', () => {
  const { tree, metadata, lock } = cargo();
  assert.throws(() => joinCrates({ tree: `${tree}1 unheard-of v1.0.0|\n`, metadata, lock }), /unheard-of@1\.0\.0/);
  assert.throws(() => joinCrates({ tree, metadata, lock: lock.replaceAll('0.11.3', '0.11.4') }), /digest@0\.11\.3/);
  assert.throws(() => joinCrates({ tree: 'error: no such crate', metadata, lock }), /no such crate/);
  assert.throws(() => joinCrates({ tree, metadata: { packages: [{}] }, lock }), /shape/);
});

test('the index of a registry is ordered by the length of names', () => {
  assert.deepEqual(['a', 'ff', 'der', 'k256', 'Zeroize'].map(indexPath), [
    '1/a',
    '2/ff',
    '3/d/der',
    'k2/56/k256',
    'ze/ro/zeroize',
  ]);
});
