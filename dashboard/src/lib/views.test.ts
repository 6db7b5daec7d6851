import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OUTCOMES } from '../../../server/src/wire/outcomes.ts';
import { buildOf } from './build.ts';
import { deepestOf } from './deepest.ts';
import { momentsOf } from './moments.ts';
import { groupOf } from './outcome-groups.ts';
import { countryName, shadeOf } from './shades.ts';
import { layersOf } from './stack.ts';
import { addressOf, LIVE_VIEW, questionOf, rowsOf, viewOf } from './windows.ts';

test('a view and its address are the same thing said twice; what an address should not say is not taken from it', () => {
  for (const view of [LIVE_VIEW, { window: '7d', target: 'prize' }, { window: 'all', target: null }] as const)
    assert.deepEqual(viewOf(new URL(addressOf(view), 'http://here').search), view);
  assert.equal(addressOf(LIVE_VIEW), '/');
  assert.deepEqual(viewOf('?window=2h&target=%3Cscript%3E'), LIVE_VIEW);
});

test('a number leads to its rows: the same span, the same target, no self-tests', () => {
  const span = { from: '2026-11-23T08:01:00Z', to: '2026-11-24T08:01:00Z' };
  const link = new URL(rowsOf(span, 'prize', { depthMin: '3' }), 'http://here');
  assert.deepEqual(Object.fromEntries(link.searchParams), {
    ...span,
    selfTest: 'false',
    target: 'prize',
    depthMin: '3',
  });
  assert.equal(new URL(rowsOf({ ...span, from: null }, null), 'http://here').searchParams.has('from'), false);
  assert.equal(questionOf({ window: '1h', target: 'prize' }, { by: 'outcome' }), 'window=1h&target=prize&by=outcome');
});

test('every outcome has its group, and one that is not known yet is counted as other', () => {
  for (const outcome of OUTCOMES) assert.ok(groupOf(outcome), outcome);
  const layers = layersOf({
    times: [0, 60],
    lines: [
      { name: 'released', attempts: [0, 1] },
      { name: 'invented_later', attempts: [2, 0] },
      { name: 'connect_only', attempts: [3, 4] },
      { name: 'idle_timeout', attempts: [1, 0] },
      { name: 'guest_crash', attempts: [0, 0] },
    ],
  });
  assert.deepEqual(
    layers.map(({ group, attempts, top, total }) => [group, attempts, top, total]),
    [
      ['silent', [4, 4], [4, 4], 8],
      ['released', [0, 1], [4, 5], 1],
      ['other', [2, 0], [6, 5], 2],
    ],
  );
});

test('the deepest is that of those who came from outside', () => {
  const reached = [9, 9, 8, 6, 2, 1, 1, 1, 1];
  assert.deepEqual(deepestOf({ reached, outcomes: { released_relay: 1 } }), { depth: 4, attempts: 1 });
  assert.deepEqual(deepestOf({ reached, outcomes: { released: 1 } }), { depth: 8, attempts: 1 });
  assert.equal(deepestOf({ reached: reached.map(() => 0), outcomes: {} }), null);
});

test('a shade means a power of ten, and Unknown has a name', () => {
  assert.deepEqual([0, 1, 9, 10, 99, 100, 999, 1000, 5_000_000].map(shadeOf), [0, 1, 1, 2, 2, 3, 3, 4, 4]);
  assert.equal(countryName('ZZ'), 'Unknown');
  assert.equal(countryName('CY'), 'Cyprus');
  assert.equal(countryName('nonsense'), 'nonsense');
});

test('a chart of one target has its own moments and those of none', () => {
  const moment = (target: string | null) => ({ at: '', kind: 'boot', target, title: '', link: null }) as const;
  const all = [moment('prize'), moment('practice'), moment(null)];
  assert.deepEqual(momentsOf(all, 'prize'), [all[0], all[2]]);
  assert.deepEqual(momentsOf(all, null), all);
});

test('a page tells the build that it is of', () => {
  assert.equal(
    buildOf('<script type="module" crossorigin src="/assets/index-BhsYL35V.js"></script>'),
    '/assets/index-BhsYL35V.js',
  );
  assert.equal(buildOf('<script src="https://elsewhere/assets/x.js"></script>'), null);
});
