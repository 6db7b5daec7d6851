import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDescribedApi } from '../schema/described-api.ts';
import { runSchemathesis } from '../schema/schemathesis.ts';

const EXAMPLES = 300;

test('whatever is asked, many times over, the API answers as its own description says', {
  timeout: 900_000,
}, async t => {
  const { url, known } = await startDescribedApi(t);
  const { passed, report } = await runSchemathesis(url, EXAMPLES, known);
  assert.ok(passed, report);
});
