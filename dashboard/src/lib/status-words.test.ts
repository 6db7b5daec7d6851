import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from './generated/api.ts';
import { headline, partLines, selfTestLine, targetLine } from './status-words.ts';

const component = (name: string, health: 'ok' | 'silent' | 'unknown') => {
  return { name, health, state: 'up', beatAt: '', ageS: 3, stale: health !== 'ok' };
};
const status = (more: Partial<Status>) =>
  ({ overall: 'ok', database: 'ok', components: [component('ingest', 'ok')], targets: [], ...more }) as Status;

test('nothing is said to be well that is not known to be', () => {
  const states = (given: Status | null) => partLines(given).map(({ name, state }) => `${name} ${state}`);
  assert.deepEqual(states(null), ['api bad']);
  assert.deepEqual(states(status({})), ['api ok', 'database ok', 'ingest ok']);
  const gone = status({ database: 'down', overall: 'down', components: [component('ingest', 'unknown')] });
  assert.deepEqual(states(gone), ['api ok', 'database bad', 'ingest unknown']);
  const deaf = status({
    overall: 'down',
    components: [component('ingest', 'silent'), component('gateway', 'unknown')],
  });
  assert.equal(headline(deaf), 'Not known: ingest is silent');
  assert.deepEqual([null, status({}), gone].map(headline), [
    'Nobody answers',
    'All is well',
    'The database does not answer',
  ]);
  assert.equal(targetLine({ target: 'prize', state: 'ready', known: false }).state, 'unknown');
  assert.equal(targetLine({ target: 'prize', state: 'down', known: true }).state, 'bad');
});

test('a self-test is well only if it passed, is young, and is still told of', () => {
  const state = (more: object) =>
    selfTestLine({
      target: 'prize',
      known: true,
      selfTestStale: false,
      selfTest: { at: '', passed: true },
      ...more,
    } as Status['targets'][number]).state;
  assert.equal(state({}), 'ok');
  assert.equal(state({ known: false }), 'unknown');
  assert.equal(state({ selfTestStale: true }), 'bad');
  assert.equal(state({ selfTest: { at: '', passed: false } }), 'bad');
  assert.equal(state({ selfTest: null }), 'unknown');
  assert.equal(state({ selfTest: null, selfTestStale: true }), 'bad');
});
