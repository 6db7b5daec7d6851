import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalFilter, readFilter } from './filter-text.ts';
import { readSubject, subjectLine } from './subject.ts';

test('a filter is read as the API reads it', () => {
  assert.deepEqual(readFilter(''), {});
  assert.deepEqual(readFilter('target=prize&depthMin=3&selfTest=false&from=2026-11-24'), {
    ...{ target: 'prize', depthMin: 3, selfTest: false, from: '2026-11-24' },
  });
});

test('what the API would refuse is refused, and not ignored', () => {
  const wrong = [
    'foo=1',
    '__proto__=1',
    'depthMin=9',
    'depthMin=x',
    'outcome=nothing',
    'target=a&target=b',
    'from=2026-13-01',
    'from=now',
  ];
  for (const text of wrong) assert.throws(() => readFilter(text), { code: 'USAGE' }, text);
});

test('the same filter is the same line, however it was said', () => {
  const line = (text: string) =>
    subjectLine({ format: 'csv', tier: 'P', snapshot: 3, filter: readFilter(text), asOf: null });
  assert.equal(line('target=prize&from=2026-11-24T00:00:00.7Z'), line('from=2026-11-24&target=prize'));
  assert.notEqual(line('target=prize'), line('target=practice'));
  assert.deepEqual(readSubject(line('depthMin=2'))?.filter, canonicalFilter({ depthMin: 2 }));
  assert.equal(readSubject('{"format":"csv"}'), null);
  assert.equal(readSubject('{'), null);
});
