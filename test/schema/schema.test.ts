import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDescribedApi } from './described-api.ts';
import { runSchemathesis } from './schemathesis.ts';

/** Requests that are made up for each operation; `./pinata test full` asks for more. */
const EXAMPLES = 12;

test('whatever is asked, the API answers as its own description says', { timeout: 180_000 }, async t => {
  const { url, known } = await startDescribedApi(t);
  const { passed, report } = await runSchemathesis(url, EXAMPLES, known);
  assert.ok(passed, report);
});
