import { test } from 'node:test';
import { useTestServer } from '../../server/src/store/testing/embedded-postgres.ts';
import { checkPlans } from './check-plans.ts';

const server = useTestServer();
/** A tenth of what `test/long/scale.test.ts` asks the same of. */
const ATTEMPTS = 100_000;

test(`no question to the api costs more than it may, with ${ATTEMPTS} attempts`, async t => {
  await checkPlans(t, await server.freshDatabase(), ATTEMPTS);
});
