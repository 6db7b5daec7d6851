import { test } from 'node:test';
import { useTestServer } from '../../server/src/store/testing/embedded-postgres.ts';
import { checkPlans } from '../scale/check-plans.ts';

const server = useTestServer();
const ATTEMPTS = 1_000_000;

test(`no question to the api costs more than it may, with ${ATTEMPTS} attempts`, async t => {
  await checkPlans(t, await server.freshDatabase(), ATTEMPTS);
});
