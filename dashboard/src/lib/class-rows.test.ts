import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classRows } from './class-rows.ts';

test('a count leads to the days that it is of', () => {
  const noon = Date.UTC(2026, 10, 24, 12);
  assert.equal(classRows('C10_rc4', 'today', noon), '/attempts?class=C10_rc4&from=2026-11-24&selfTest=false');
  assert.equal(classRows('C34:x', 'days30', noon), '/attempts?class=C34%3Ax&from=2026-10-26&selfTest=false');
  assert.equal(classRows('', 'all', noon), '/attempts?selfTest=false');
});
