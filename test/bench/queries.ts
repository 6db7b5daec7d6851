import { parseArgs } from 'node:util';
import { askedApi } from '../scale/asked-api.ts';
import { questionsFor } from '../scale/questions.ts';
import { startLoadedDatabase } from './parts/loaded-database.ts';
import { median, percentile, printFigure, printMachine, printOthers } from './parts/report.ts';

/**
 * What the api needs for every kind of question, over HTTP, with many attempts in the log: each is asked about other values in each
 * round, with nothing remembered from the round before. `--rows` says how many attempts there are.
 */
const ROUNDS = 20;
const GOAL_MS = 200;
const ROWS = '1000000';

const { values } = parseArgs({ options: { rows: { type: 'string', default: ROWS } } });
const attempts = Number(values.rows);
printMachine('queries');
await printOthers();
const database = await startLoadedDatabase(attempts);
try {
  const { pool } = database.owner;
  const { rows } = await pool.query<{ table: string; indexes: string }>(
    `select pg_size_pretty(sum(pg_table_size(inhrelid))) as table, pg_size_pretty(sum(pg_indexes_size(inhrelid))) as indexes
     from pg_inherits where inhparent = 'attempt'::regclass`,
  );
  printFigure('size of the rows', rows[0]?.table ?? '');
  printFigure('size of their indexes', rows[0]?.indexes ?? '');
  await askAll();
} finally {
  await database.stop();
}

async function askAll(): Promise<void> {
  const questions = await questionsFor(database.owner.pool);
  const api = await askedApi(database.apiUrl);
  const times = new Map(questions.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    await api.forget();
    for (const { name, path } of questions) {
      const { status, milliseconds } = await api.ask(path(round));
      if (status !== 200) throw new Error(`${path(round)} was answered with ${status}`);
      times.get(name)?.push(milliseconds);
    }
  }
  await api.stop();
  console.log(
    `\n${'question, milliseconds of '.concat(String(ROUNDS), ' rounds').padEnd(46)}         median            p95`,
  );
  for (const [name, some] of times) {
    const [middle, high] = [median(some), percentile(some, 0.95)].map(ms => ms.toFixed(1));
    console.log(`${name.padEnd(46)} ${middle?.padStart(14)} ${high?.padStart(14)}`);
  }
  const worst = Math.max(...[...times.values()].map(some => percentile(some, 0.95)));
  const all = percentile([...times.values()].flat(), 0.95);
  printFigure('p95 of all questions', `${all.toFixed(1)} ms`);
  printFigure('highest p95 of a question', `${worst.toFixed(1)} ms`, { text: `< ${GOAL_MS} ms`, met: worst < GOAL_MS });
}
