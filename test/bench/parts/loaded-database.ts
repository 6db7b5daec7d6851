import { startTestDatabase, type TestDatabase } from '../../../server/src/api/testing/test-database.ts';
import { loadMixture } from '../../scale/load.ts';
import { printFigure } from './report.ts';

const DAYS = 120;
const MINUTE_US = 60_000_000;
/** More whole records than this would fill a usual disk: their texts are left out, which filters do not read. */
const WHOLE_ROWS_MAX = 2_000_000;

/** A database with so many attempts, up to this minute; stopped when the bench is interrupted, and otherwise by its caller. */
export async function startLoadedDatabase(attempts: number): Promise<TestDatabase> {
  const database = await startTestDatabase();
  const interrupted = () => void database.stop().finally(() => process.exit(1));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const before = performance.now();
  const isLean = attempts > WHOLE_ROWS_MAX;
  const endUs = Math.floor((Date.now() * 1000) / MINUTE_US) * MINUTE_US;
  await loadMixture(database.owner.pool, database.ownerUrl, { seed: 1, attempts, days: DAYS, endUs }, { isLean });
  const loadedS = (performance.now() - before) / 1000;
  printFigure(`attempts, over ${DAYS} days${isLean ? ', without their texts' : ''}`, String(attempts));
  printFigure('loaded in', `${loadedS.toFixed(0)} s`);
  return database;
}
