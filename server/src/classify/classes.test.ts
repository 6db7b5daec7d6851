import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CampaignWindow } from './campaign/campaign-window.ts';
import { SEVERITIES } from './classes/attack-class.ts';
import { CLASSES } from './classes/registry.ts';
import { RULES_IN_WORDS, ruleWords } from './classes/rule-words.ts';
import { conclude } from './conclude.ts';
import { FIXTURES } from './fixtures/all.ts';
import { classesDocument } from './fixtures/classes-document.ts';
import { coverage } from './fixtures/coverage.ts';
import { classExamples } from './fixtures/examples.ts';
import type { Fixture } from './fixtures/fixture.ts';
import { attempted, recordedAttempts } from './fixtures/recorded-attempt.ts';
import { WITHOUT_TOOL } from './fixtures/without-tool.ts';
import { evidenceOf } from './testing/evidence.ts';

for (const { id, needs } of CLASSES) {
  const own = FIXTURES.filter(fixture => fixture.id === id);

  test(`${id} has examples and near misses, and each is judged so`, () => {
    assert.ok(own.some(({ matches }) => matches) && own.some(({ matches }) => !matches));
    for (const fixture of own) {
      assert.equal(idsOf(fixture).includes(id), fixture.matches, `${fixture.what}: ${idsOf(fixture).join(' ')}`);
    }
  });

  if (needs !== 'wire') continue;
  test(`${id} says where its evidence lies, inside of what was sent`, () => {
    for (const { of, what } of own.filter(({ matches }) => matches)) {
      assert.ok(!isCampaign(of));
      const evidence = evidenceOf(of);
      const [found] = conclude(evidence).classes.filter(one => one.id === id);
      if (of.guest) continue;
      const { bytesIn = 0, bytesOut = 0 } = evidence.close ?? {};
      if (bytesIn + bytesOut === 0) continue;
      assert.ok(found?.at, what);
      assert.ok(found.at.length > 0 && found.at.offset >= 0, what);
      // A record may declare more than came of it.
      assert.ok(found.at.offset < (found.at.dir === 'in' ? bytesIn : bytesOut), what);
    }
  });
}

test('every class says what it is, how bad and how sure', () => {
  for (const { id, title, explanation, severity, confidence, needs, rule } of CLASSES) {
    assert.match(id, /^[A-G]\d\d_[a-z0-9_]+(:[a-z0-9.-]+)?$/);
    assert.ok(id.length <= 48 && title.length > 2 && title.length <= 40, id);
    assert.match(explanation, /^[A-Z].*\.$/, id);
    assert.ok(explanation.length <= 140, id);
    assert.ok(SEVERITIES.includes(severity) && confidence > 0 && confidence <= 1, id);
    assert.equal(rule === null, needs === 'window', id);
  }
});

test('every rule is told in words, and nothing else is', () => {
  const used = CLASSES.map(({ id }) => [ruleWords(id), id] as const);
  for (const [words, id] of used) assert.match(words ?? '', /^\S.{19,150}\.$/, id);
  const distinct = new Set(used.map(([words]) => words));
  assert.equal(distinct.size, RULES_IN_WORDS.length);
});

test('every class has an example by a real program, but for those that no program makes by itself', () => {
  const { positive, nearMiss, missing, classes, tool, toolKnown } = coverage();
  assert.deepEqual([positive, nearMiss, missing], [classes, classes, []]);
  for (const [id, reason] of Object.entries(WITHOUT_TOOL)) {
    assert.ok(CLASSES.some(one => one.id === id) && /^[A-Z].*\.$/.test(reason), id);
  }
  assert.equal(tool, toolKnown);
});

test('a recorded attempt is concluded as the installation that it met concluded it', () => {
  for (const { name, outcome, depth } of recordedAttempts()) {
    const concluded = conclude(evidenceOf(attempted(name)));
    assert.deepEqual([concluded.outcome, concluded.depth], [outcome, depth], name);
  }
});

test('the examples on the pages of the classes are what the fixtures make of them', () => {
  const written = readFileSync(new URL('fixtures/examples.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(written), classExamples());
});

test('ids are given once, and the most severe come first', () => {
  assert.equal(new Set(CLASSES.map(({ id }) => id)).size, CLASSES.length);
  const order = CLASSES.map(({ severity }) => SEVERITIES.indexOf(severity));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.deepEqual(
    FIXTURES.filter(({ id }) => !CLASSES.some(one => one.id === id)),
    [],
  );
});

test('the whole taxonomy is there', () => {
  const counts = { A: 16, B: 10, C: 35, D: 21, E: 17, F: 9, G: 7 };
  for (const [group, count] of Object.entries(counts)) {
    const numbers = new Set(CLASSES.filter(({ id }) => id.startsWith(group)).map(({ id }) => id.slice(1, 3)));
    assert.equal(numbers.size, count, group);
  }
});

test('docs/classes.md is what the registry and the examples make of it', () => {
  const written = readFileSync(new URL('../../../docs/classes.md', import.meta.url), 'utf8');
  assert.equal(written, classesDocument());
});

test('what is broken or proved stands above how it was said', () => {
  const primary = (id: string) => FIXTURES.filter(one => one.id === id && one.matches).map(one => idsOf(one)[0]);
  assert.deepEqual(new Set(primary('E17_secret_released')), new Set(['E17_secret_released']));
  assert.deepEqual(new Set(primary('G02_guest_crash')), new Set(['G02_guest_crash']));
  assert.deepEqual(new Set(primary('D04_heartbleed')), new Set(['D04_heartbleed']));
  assert.deepEqual(new Set(primary('C07_freak')), new Set(['C07_freak']));
});

/** The classes of an attempt, or of the last of many. */
function idsOf({ of }: Fixture): string[] {
  if (!isCampaign(of)) return conclude(evidenceOf(of)).classes.map(({ id }) => id);
  const window = new CampaignWindow();
  return (
    of
      .map(fact => window.take(fact))
      .at(-1)
      ?.map(({ id }) => id) ?? []
  );
}

function isCampaign(of: Fixture['of']): of is Extract<Fixture['of'], readonly unknown[]> {
  return Array.isArray(of);
}
