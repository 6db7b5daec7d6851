import type { TestContext } from 'node:test';
import { bootTarget } from '../../server/src/api/testing/boots.ts';
import { makeRecords, publish } from '../../server/src/api/testing/records.ts';
import { startTestApi } from '../../server/src/api/testing/test-api.ts';
import { startTestDatabase } from '../../server/src/api/testing/test-database.ts';
import { OUTCOMES } from '../../server/src/wire/outcomes.ts';
import type { KnownNames } from './schemathesis.ts';

const ATTEMPTS = 400;
const CLASSES = ['C10_rc4', 'A13_garbage', 'E01_no_certificate'];
const COUNTRIES = ['ZZ', 'FR', 'JP'];

/** A real api over attempts of every outcome, and the names of what it has. Ends with the test. */
export async function startDescribedApi(t: TestContext): Promise<{ url: string; known: KnownNames }> {
  const database = await startTestDatabase();
  t.after(() => database.stop());
  const boots = [
    await bootTarget(database, 'prize', { end: 'crash' }),
    await bootTarget(database, 'prize'),
    await bootTarget(database, 'practice'),
  ];
  const records = makeRecords(
    Array.from({ length: ATTEMPTS }, (_, index) => ({
      target: index % 3 === 0 ? 'prize' : 'practice',
      depth: index % 9,
      outcome: nth(OUTCOMES, index),
      country: nth(COUNTRIES, index),
      classes: CLASSES.slice(index % (CLASSES.length + 1)),
      selfTest: index % 10 === 0,
      bootId: nth(boots, index),
    })),
  );
  await publish(database, records);
  const api = await startTestApi(database.apiUrl, { limits: { claimsPerMinute: 1_000_000 } });
  t.after(() => api.stop());
  return {
    url: api.url,
    known: {
      '/api/v1/attempts/': ['id', records.slice(0, 9).map(({ id }) => id)],
      '/api/v1/boots/': ['id', boots],
      '/api/v1/classes/': ['id', CLASSES],
      '/api/v1/targets/': ['target', ['prize', 'practice']],
    },
  };
}

/** Round and round. */
function nth<T>(values: readonly T[], index: number): T {
  const value = values[index % values.length];
  if (value === undefined) throw new RangeError('there are none');
  return value;
}
