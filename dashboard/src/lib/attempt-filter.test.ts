import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptFilter } from '../../../server/src/export/attempt-filter.ts';
import { countQuestion, FILTERS, filterOf, filterWords, fromUtc, pageUrl, placeOf, toUtc } from './attempt-filter.ts';

const query = (text: string) => new URLSearchParams(text);

test('the page has every filter that the api has', () => {
  const api = Object.keys(AttemptFilter.properties).filter(name => name !== 'after' && name !== 'before');
  assert.deepEqual([...FILTERS].sort(), api.sort());
});

test('an address keeps what is asked for and nothing else', () => {
  const filter = filterOf(query('target=prize&outcome=&country=de&page=3&x=%3Cscript%3E'));
  assert.deepEqual(filter, { target: 'prize', country: 'DE' });
  assert.deepEqual(filterWords({ ...filter, country: 'ZZ' }), ['target prize', 'country Unknown']);
});

test('older rows are asked for downwards, newer ones upwards', () => {
  assert.equal(pageUrl({}, placeOf(query('')), 100), '/api/v1/attempts?limit=100');
  assert.equal(pageUrl({}, placeOf(query('before=500')), 100), '/api/v1/attempts?before=500&limit=100');
  assert.equal(pageUrl({}, placeOf(query('after=7&before=5')), 100), '/api/v1/attempts?after=7&order=asc&limit=100');
  assert.deepEqual(placeOf(query('before=-1')), { before: null, after: null });
});

test('times of the form are UTC, both ways', () => {
  assert.equal(toUtc('2026-11-24T14:03'), '2026-11-24T14:03:00Z');
  assert.equal(fromUtc('2026-11-24T14:03:05Z'), '2026-11-24T14:03:05');
  assert.equal(fromUtc('2026-11-24'), '2026-11-24T00:00:00');
  assert.equal(toUtc(fromUtc('2026-11-24T14:03:05Z')), '2026-11-24T14:03:05Z');
  assert.equal(fromUtc('2026-11-24T14:03:05+02:00'), '');
});

test('a number of rows is only asked for where a roll-up has it', () => {
  const answer = { attempts: 9, reached: [9, 7, 5], outcomes: { abandoned: 4 } };
  const ask = (filter: Parameters<typeof countQuestion>[0]) => countQuestion(filter);
  assert.equal(ask({})?.read(answer), 9);
  assert.equal(ask({ depthMin: '2' })?.read(answer), 5);
  assert.equal(ask({ outcome: 'abandoned', target: 'prize' })?.url, '/api/v1/stats/summary?window=all&target=prize');
  assert.equal(ask({ outcome: 'abandoned' })?.read(answer), 4);
  assert.equal(ask({ outcome: 'released' })?.read(answer), 0);
  assert.equal(ask({ class: 'A/b' })?.url, '/api/v1/classes/A%2Fb');
  assert.deepEqual(
    [{ country: 'DE' }, { outcome: 'abandoned', depthMin: '1' }, { class: 'x', target: 'prize' }].map(ask),
    [null, null, null],
  );
  assert.equal(ask({ selfTest: 'false' })?.withoutSelfTests, false);
});
