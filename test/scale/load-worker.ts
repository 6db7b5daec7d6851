import { workerData } from 'node:worker_threads';
import pg from 'pg';
import { copyIn } from './copy-in.ts';
import { type DayOfAttempts, type LoadOrder, partitionOf } from './load.ts';
import { Mixture, type Planned, placeOf } from './mixture.ts';
import { COPY_ATTEMPTS, RowText } from './row-text.ts';

/** Loads some days of a mixture: each into a table of its own, without indexes or log, which then becomes a partition. */

const CHUNK_CHARACTERS = 1 << 20;

const { url, options, templates, isLean, days }: LoadOrder = workerData;
const mixture = new Mixture(options, templates);
const texts = new Map<unknown, RowText>();
const client = new pg.Client({ connectionString: url });
await client.connect();
for (const day of days) await loadDay(day);
await client.end();

async function loadDay(day: DayOfAttempts): Promise<void> {
  const { name, from, to } = partitionOf(day);
  await client.query(`create unlogged table ${name} (like attempt)`);
  await copyIn(client, COPY_ATTEMPTS(name), chunksOf(linesOf(day)));
  await client.query(`alter table attempt attach partition ${name} for values from ('${from}') to ('${to}')`);
}

function* linesOf({ from, to }: DayOfAttempts): Generator<string> {
  for (let index = from; index < to; index++) yield* linesOfAttempt(mixture.attempt(index), placeOf(index));
}

/** A revision follows at once. */
function linesOfAttempt(
  { template, claimed, revised, particulars }: Planned,
  place: ReturnType<typeof placeOf>,
): string[] {
  const { record, early } = template;
  if (!revised) return [textOf(record, claimed).line(particulars, { ...place, revision: 1, supersededChange: null })];
  const { seq, change } = place;
  const later = change + 1;
  return [
    textOf(early, claimed).line(particulars, { seq, change, revision: 1, supersededChange: later }),
    textOf(record, claimed).line(particulars, { seq, change: later, revision: 2, supersededChange: null }),
  ];
}

function textOf(record: Planned['template']['record'], claimed: boolean): RowText {
  const key = claimed ? record.hello : record;
  const text = texts.get(key) ?? new RowText(record, { claimed, isLean });
  texts.set(key, text);
  return text;
}

function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
