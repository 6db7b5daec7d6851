import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBuilds, compareInstalled, comparePublished, sha256 } from './findings.ts';

const image = Buffer.from('an image');
const other = Buffer.from('an impostor');
const address = 'http://127.0.0.1:8080';
const publish = (...targets: [string, string | null][]) => ({
  address,
  targets: targets.map(([target, imageSha256]) => ({ target, imageSha256 })),
});

test('two builds are the same or differ at a place', () => {
  assert.deepEqual(compareBuilds(image, Buffer.from(image)), { same: true, text: 'both builds gave the same 8 bytes' });
  const { same, text } = compareBuilds(image, other);
  assert.equal(same, false);
  assert.match(text, /offset 0x5/);
});

test('an installed image of the same bytes is the same whatever its stamp says', () => {
  assert.equal(compareInstalled({ image, stamp: 'a' }, '/i', { image, stamp: 'b' }).same, true);
});

test('an installed image from other sources says so; from the same ones it does not', () => {
  const stale = compareInstalled({ image, stamp: 'a' }, '/i', { image: other, stamp: 'b' });
  assert.equal(stale.same, false);
  assert.match(stale.text, /other sources/);
  for (const stamp of ['a', null]) {
    const forged = compareInstalled({ image, stamp: 'a' }, '/i', { image: other, stamp });
    assert.equal(forged.same, false);
    assert.doesNotMatch(forged.text, /other sources/);
  }
});

test('nothing to compare with is neither the same nor different', () => {
  assert.equal(compareInstalled({ image, stamp: 'a' }, '/i', null).same, null);
  assert.deepEqual(
    [null, publish(), publish(['prize', null])].map(published =>
      comparePublished(image, address, published).map(({ same }) => same),
    ),
    [[null], [null], [null]],
  );
});

test('targets that publish the same hash are one finding, each other hash one more', () => {
  const published = publish(['prize', sha256(image)], ['practice', sha256(image)], ['third', sha256(other)]);
  const findings = comparePublished(image, address, published);
  assert.deepEqual(
    findings.map(({ same }) => same),
    [true, false],
  );
  assert.match(findings[0]?.text ?? '', /prize and practice/);
  assert.ok(findings[1]?.text.includes(sha256(other)));
});
