import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, tally, tallyOfCargo, tallyOfCheck, tallyOfTap } from './run-tally.ts';

const TAP = (sums: string) => `TAP version 13\nnot ok 1 - reads a hello\n    not ok 2 - inner\n1..2\n${sums}`;

test('a report of node counts what passed, failed and was cancelled; what was skipped stands apart', () => {
  const report = TAP('# tests 9\n# pass 4\n# fail 2\n# cancelled 1\n# skipped 1\n# todo 1\n');
  const result = tallyOfTap(report, 1);
  assert.equal(tally(result), '4 passed, 3 failed');
  assert.equal(result.skipped, 2);
  assert.deepEqual(result.failures, ['reads a hello', 'inner']);
});

test('a report without sums is a failure, even with status 0', () => {
  assert.equal(tally(tallyOfTap('TAP version 13\n', 0)), '0 passed, 1 failed');
});

test('a runner that fails although no test did is a failure', () => {
  const sums = '# pass 4\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n';
  assert.equal(tally(tallyOfTap(sums, 7)), '4 passed, 1 failed');
  assert.equal(tally(tallyOfTap(sums, 0)), '4 passed, 0 failed');
});

test('the binaries of a cargo run are summed up', () => {
  const text = [
    'test a::one ... ok',
    'test a::two ... FAILED',
    'test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s',
    'test result: ok. 7 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.10s',
  ].join('\n');
  const result = tallyOfCargo(text, 101);
  assert.equal(tally(result), '8 passed, 1 failed');
  assert.equal(result.skipped, 2);
  assert.deepEqual(result.failures, ['a::two']);
});

test('a cargo run that does not compile is one failure', () => {
  assert.equal(tally(tallyOfCargo('error[E0425]: cannot find value', 101)), '0 passed, 1 failed');
});

test('checks and sums add up', () => {
  const sum = add(tallyOfCheck('lint', 0), tallyOfCheck('types', 2));
  assert.deepEqual(sum, { passed: 1, failed: 1, skipped: 0, failures: ['types'] });
});
