import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHALLENGE_2015, challenge2015 } from './challenge-2015.ts';
import { classNamed } from './classes/registry.ts';
import { conclude } from './conclude.ts';
import { FIXTURES } from './fixtures/all.ts';
import { told } from './fixtures/parts.ts';
import { evidenceOf, type Story } from './testing/evidence.ts';

test('every class that the challenge of 2015 published can be told again', () => {
  const stories = FIXTURES.flatMap(({ of, matches }) => (matches && !('length' in of) ? [of] : []));
  const words = new Set([...stories, noSharedCipher()].map(wordsOf));
  for (const published of CHALLENGE_2015) assert.ok(words.has(published.words), published.words);
});

test('each is told of the example that is made for it', () => {
  const example = (id: string) => {
    const found = FIXTURES.find(one => one.id === id && one.matches)?.of;
    assert.ok(found && !('length' in found));
    return wordsOf(found);
  };
  assert.equal(example('B02_invalid_record_version'), 'unknown record version');
  assert.equal(example('D05_heartbeat_probe'), 'heartbeat');
  assert.equal(example('C03_sslv3_poodle_probe'), 'SSLv3');
  assert.equal(example('E01_no_certificate'), 'no client certificate');
  assert.equal(example('E14_malformed_certificate'), 'ASN.1 rejected');
  assert.equal(example('A13_garbage'), null);
});

test('it names only classes that there are', () => {
  for (const { classes } of CHALLENGE_2015) for (const id of classes) assert.ok(classNamed(id), id);
});

function noSharedCipher(): Story {
  return { ...told(), guest: [{ kind: 'client_hello' }, { kind: 'alert_sent', code: 40 }] };
}

function wordsOf(story: Story): string | null {
  const { outcome, classes } = conclude(evidenceOf(story));
  return (
    challenge2015(
      outcome,
      classes.map(({ id }) => id),
    )?.words ?? null
  );
}
