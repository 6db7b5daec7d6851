import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionsOf, labelConditionsOf, wholeSecond } from './attempt-filter.ts';
import { pageStatement } from './attempt-pages.ts';

test('no filter is no condition', () => {
  for (const { sql, values } of [conditionsOf({}), labelConditionsOf({})]) assert.deepEqual([sql, values], ['', []]);
});

test('values travel as parameters, never as text', () => {
  const hostile = "x' or true --";
  const { sql, values } = conditionsOf({ target: hostile, class: hostile, ja4: hostile });
  assert.equal(sql, 'target = $1 and classes @> array[$2::text] and ja4 = $3');
  assert.deepEqual(values, [hostile, hostile, hostile]);
  const labelled = labelConditionsOf({ target: hostile, class: hostile });
  assert.ok(!labelled.sql.includes(hostile));
  assert.deepEqual(labelled.values, [[hostile, `target ${hostile}`]]);
});

test('times are cut to whole seconds: finer ones would tell what is not public', () => {
  assert.equal(wholeSecond('2026-11-24T08:00:00.999Z'), Date.parse('2026-11-24T08:00:00Z'));
  const fine = conditionsOf({ from: '2026-11-24T08:00:00.000001Z', to: '2026-11-24T08:00:01.9Z' });
  const whole = conditionsOf({ from: '2026-11-24T08:00:00Z', to: '2026-11-24T08:00:01Z' });
  assert.deepEqual([fine.sql, fine.values], [whole.sql, whole.values]);
});

test('a date is midnight UTC, and an offset is honoured', () => {
  assert.equal(wholeSecond('2026-11-24'), Date.parse('2026-11-24T00:00:00Z'));
  assert.equal(wholeSecond('2026-11-24T01:00:00+01:00'), Date.parse('2026-11-24T00:00:00Z'));
});

test('a page at a snapshot looks at both sorts of row under the same conditions', () => {
  const window = { first: 1, last: 5, days: [{ dayUs: 0, firstSeq: 1, lastSeq: 5 }], isFirst: true };
  const request = { filter: { target: 'prize' }, order: 'asc', limit: 3, snapshot: 9, columns: 'seq', window } as const;
  const { sql, values } = pageStatement(request);
  assert.deepEqual(values.slice(0, 3), ['prize', 1, 5]);
  assert.equal(values.at(-1), 9);
  assert.equal(sql.match(/target = \$1/g)?.length, 2);
  assert.equal(sql.match(/change <= \$6/g)?.length, 2);
});
