import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchPulse } from './pulse.ts';
import { until } from './until.fixture.ts';

test('a pulse is lost after two questions in a row without an answer, and told once', async () => {
  const answers = [true, false, true, false, false];
  let asked = 0;
  let deaths = 0;
  const stop = watchPulse(
    async () => assert.ok(answers[asked++]),
    () => void deaths++,
    1,
  );
  await until(() => deaths === 1);
  assert.equal(asked, answers.length);
  stop();
});
