import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsOf, wholeSecond } from './attempt-filter.ts';
import { pageStatement } from './attempt-pages.ts';

test('no filter is no condition', () => {
  assert.deepEqual(conditionsOf({}), { sql: '', values: [] });
});

test('values travel as parameters, never as text', () => {
  const hostile = "x' or true --";
  const { sql, values } = conditionsOf({ target: hostile, class: hostile, ja4: hostile });
  assert.equal(sql, 'target = $1 and classes @> array[$2::text] and ja4 = $3');
  assert.deepEqual(values, [hostile, hostile, hostile]);
});

test('times are cut to whole seconds: finer ones would tell what is not public', () => {
  assert.equal(wholeSecond('2026-11-24T08:00:00.999Z'), Date.parse('2026-11-24T08:00:00Z'));
  const fine = conditionsOf({ from: '2026-11-24T08:00:00.000001Z', to: '2026-11-24T08:00:01.9Z' });
  assert.deepEqual(fine, conditionsOf({ from: '2026-11-24T08:00:00Z', to: '2026-11-24T08:00:01Z' }));
});

test('a date is midnight UTC, and an offset is honoured', () => {
  assert.equal(wholeSecond('2026-11-24'), Date.parse('2026-11-24T00:00:00Z'));
  assert.equal(wholeSecond('2026-11-24T01:00:00+01:00'), Date.parse('2026-11-24T00:00:00Z'));
});

test('a page at a snapshot looks at both sorts of row under the same conditions', () => {
  const { sql, values } = pageStatement({ filter: { target: 'prize' }, order: 'asc', limit: 3, snapshot: 9 });
  assert.deepEqual(values, ['prize', 9]);
  assert.equal(sql.match(/target = \$1/g)?.length, 2);
  assert.equal(sql.match(/change <= \$2/g)?.length, 2);
});
