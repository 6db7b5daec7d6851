import type { Status } from './generated/api.ts';

/** How a part is: unknown is never taken for ok. */
export type PartState = 'ok' | 'bad' | 'unknown';

export interface PartLine {
  readonly name: string;
  readonly state: PartState;
  readonly words: string;
}

/** What each part is there for, in a few words. */
const DUTIES: Readonly<Record<string, string>> = {
  api: 'this page and the data',
  database: 'keeps what is published',
  ingest: 'makes rows of what was seen',
  supervisor: 'runs the guests',
};

export function dutyOf(name: string): string {
  return DUTIES[name] ?? (name.startsWith('gateway') ? 'lets attackers in' : '');
}

/** The headline. Null: the status page's own question was not answered. */
export function headline(status: Status | null): string {
  if (!status) return 'Nobody answers';
  if (status.database === 'down') return 'The database does not answer';
  if (status.components.some(({ name, health }) => name === 'ingest' && health !== 'ok'))
    return 'Not known: ingest is silent';
  return { ok: 'All is well', degraded: 'Something needs a look', down: 'It is down' }[status.overall];
}

/** Every process, the one that answers first. Pure. */
export function partLines(status: Status | null): PartLine[] {
  if (!status) return [{ name: 'api', state: 'bad', words: 'does not answer' }];
  const { database, components } = status;
  return [
    { name: 'api', state: 'ok', words: 'answers' },
    database === 'ok'
      ? { name: 'database', state: 'ok', words: 'answers' }
      : { name: 'database', state: 'bad', words: 'does not answer; all below is as last seen' },
    ...components.map(({ name, health, ageS }): PartLine => {
      if (health === 'unknown') return { name, state: 'unknown', words: `unknown: last heard of ${ageS} s ago` };
      if (health === 'silent') return { name, state: 'bad', words: `silent for ${ageS} s` };
      return { name, state: 'ok', words: `heard of ${ageS} s ago` };
    }),
  ];
}

/** A target's own state; as last heard is not as it is. Pure. */
export function targetLine({
  target,
  state,
  known,
}: Pick<Status['targets'][number], 'target' | 'state' | 'known'>): PartLine {
  if (!known) return { name: target, state: 'unknown', words: `unknown: last heard that it was ${state}` };
  return { name: target, state: state === 'ready' ? 'ok' : 'bad', words: state };
}

/** What became of its last self-test. Pure. */
export function selfTestLine({ target, selfTest, selfTestStale, known }: Status['targets'][number]): PartLine {
  const name = target;
  if (!selfTest) return { name, state: selfTestStale ? 'bad' : 'unknown', words: 'none yet' };
  if (selfTest.passed === false) return { name, state: 'bad', words: 'failed' };
  if (selfTestStale) return { name, state: 'bad', words: 'stale: passed, but too long ago' };
  return known ? { name, state: 'ok', words: 'passed' } : { name, state: 'unknown', words: 'passed, when last heard' };
}

const ALARMS: Readonly<Record<string, string>> = {
  released: 'released its key',
  release_suspected: 'may have released its key',
  self_test_failed: 'failed its self-test',
  self_test_stale: 'had no self-test for too long',
  proof_invalid: 'gave a proof that does not verify',
};

export function alarmWords(kind: string): string {
  return ALARMS[kind] ?? kind;
}
