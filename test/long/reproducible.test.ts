import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { readConfig } from '../../server/src/config.ts';
import { askLinkedCrates } from '../../server/src/image/ask-crates.ts';
import { type Built, buildTwice, circumstances } from '../../server/src/image/double-build.ts';
import { compareBuilds, compareInstalled } from '../../server/src/image/findings.ts';
import { ensureToolchain, KERNEL, type Toolchain } from '../../server/src/image/toolchain.ts';
import { BUILT_IMAGE, buildImage } from '../../server/src/up/guest-image.ts';

let toolchain: Toolchain;
let one: Built;
let other: Built;

before(async () => {
  const logs = await mkdtemp(join(tmpdir(), 'pinata-reproducible-'));
  const builder = { logs, signal: new AbortController().signal, say: () => undefined };
  await buildImage(builder);
  toolchain = await ensureToolchain(builder);
  const pair = circumstances(readConfig({}).settings.PINATA_UID_BASE);
  [one, other] = await buildTwice({ toolchain, pair, builder, step: (_, work) => work(() => undefined) });
  await rm(logs, { recursive: true });
});

test('two builds that share nothing but sources and compiler give the same bytes', () => {
  assert.equal(one.stamp, other.stamp);
  const { same, text } = compareBuilds(one.image, other.image);
  assert.ok(same, text);
});

test('the installed image is what they gave', async () => {
  const { same, text } = compareInstalled(one, BUILT_IMAGE, { image: await readFile(BUILT_IMAGE), stamp: null });
  assert.ok(same, text);
});

test('the crates that were compiled for the image are those of its bill of materials', async () => {
  const crates = (await askLinkedCrates(toolchain)).filter(({ name }) => name !== KERNEL.package);
  assert.deepEqual(one.crates, [...new Set(crates.map(({ library }) => library))].sort());
});
