import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { raiseAlarms } from '../store/log-tables.ts';
import { inTransaction } from '../store/transaction.ts';
import { type Micros, nowMicros } from '../wire/ids.ts';
import { sayAlarm } from './say.ts';
import { selfTestStaleAfterS } from './self-test-age.ts';
import { staleSelfTests, type TestedTarget } from './silences.ts';

const LOOK_EVERY_MS = 2_000;
/** A spool that is read up to here hides nothing that matters. */
const BEHIND_MAX_US = 5_000_000;

export interface AlarmWatchOptions {
  readonly pool: Pool;
  readonly selfTestS: number;
  /** How far time has come in the gateways' spools. */
  readonly gatewayTime: () => Micros;
  readonly log: Pick<Logger, 'fatal' | 'warn'>;
  readonly now?: () => Micros;
}

/** Raises the alarms that no fact raises: for what should have happened and has not. */
export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  readonly #now: () => Micros;
  readonly #startedUs: Micros;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? nowMicros;
    this.#startedUs = this.#now();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.look());
    }, LOOK_EVERY_MS);
  }

  /** Looks once. */
  async look(): Promise<void> {
    const { pool, selfTestS, gatewayTime, log } = this.#options;
    const nowUs = this.#now();
    // While the spool is being caught up with, the newest test may be in what is not read yet.
    const sinceUs = nowUs - gatewayTime() <= BEHIND_MAX_US ? 0 : this.#startedUs;
    try {
      const found = staleSelfTests(await readTested(pool), {
        nowUs,
        sinceUs,
        staleAfterS: selfTestStaleAfterS(selfTestS),
      });
      if (found.length === 0) return;
      for (const alarm of await inTransaction(pool, client => raiseAlarms(client, found))) sayAlarm(log, alarm);
    } catch (error) {
      log.warn({ err: error }, 'the self-tests could not be looked at');
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}

async function readTested(pool: Pick<Pool, 'query'>): Promise<TestedTarget[]> {
  const { rows } = await pool.query<{ target: string; testedUs: string | null; readyUs: string | null }>(
    `select t.name as target, b.ready_us as "readyUs", (select started_us from self_test
       where target = t.name and passed is not null order by started_us desc limit 1) as "testedUs"
     from target t left join boot b on b.id = t.boot_id`,
  );
  const number = (text: string | null) => (text === null ? null : Number(text));
  return rows.map(({ target, testedUs, readyUs }) => ({
    target,
    testedUs: number(testedUs),
    readyUs: number(readyUs),
  }));
}
