import type { Pool } from 'pg';
import { deliveryState } from '../alarm/deliveries.ts';
import type { Webhook } from '../alarm/webhook.ts';
import { rotateSecret } from '../alarm/webhook-secret.ts';
import { PinataError } from '../errors.ts';
import { eraseAttempt } from '../ingest/erasure.ts';
import { hideTexts, showTexts } from '../store/moderation.ts';
import { isUnseen } from '../text-filter/visible.ts';
import type { JsonValue } from '../trust/canonical-json.ts';
import { instantOf, isUuidV7, type Micros, newUuidV7, nowMicros } from '../wire/ids.ts';
import { putAnnouncement, readShownAnnouncements, withdrawAnnouncement } from './announcements.ts';
import { readHead } from './audit-head.ts';
import type { AuditLog } from './audit-log.ts';
import type { BanBoard } from './ban-board.ts';
import { liftBan, putBan, readBans, sweepBans } from './bans.ts';
import type { Arguments, Verb } from './messages.ts';
import { networkOf } from './network.ts';
import { withoutAddresses } from './say.ts';

const DAY_US = 86_400_000_000;
const BAN_DEFAULT_US = DAY_US;

/** What an act is about, for the log, and the act itself. Whatever refuses it throws before there is one. */
export interface Act {
  readonly said: { readonly [name: string]: JsonValue };
  /** Gives the answer, and of it what is for the log. */
  run(): Promise<{ readonly result: Record<string, unknown>; readonly said: { readonly [name: string]: JsonValue } }>;
}

export interface ActsOptions {
  readonly pool: Pool;
  readonly log: AuditLog;
  readonly board: BanBoard;
  /** Null: none is set. */
  readonly webhook: Webhook | null;
  readonly secret: { readonly path: string; readonly isGiven: boolean };
  readonly restart: (target: string) => Promise<void>;
  /** A ban names an address, which is kept no longer than this. */
  readonly addressDays: number;
  readonly now?: () => Micros;
}

/** Every verb. Each first says what it is about to do, or throws what refuses it. */
export class Acts {
  readonly #options: ActsOptions;
  readonly #now: () => Micros;
  readonly of: { readonly [V in Verb]: (given: Arguments<V>) => Act };

  constructor(options: ActsOptions) {
    this.#options = options;
    this.#now = options.now ?? nowMicros;
    this.of = {
      status: () => this.#status(),
      restart: given => this.#restart(given),
      announce: given => this.#announce(given),
      withdraw: given => this.#withdraw(given),
      ban: given => this.#ban(given),
      unban: given => this.#unban(given),
      moderate: given => this.#moderate(given),
      erase: given => this.#erase(given),
      'rotate-webhook-secret': () => this.#rotateSecret(),
      'test-webhook': () => this.#testWebhook(),
      log: () => this.#log(),
    };
  }

  /** Deletes bans that have ended and tells the gateways of the rest: at the start, and whenever time has passed. */
  async keepBans(isStart = false): Promise<void> {
    const { pool } = this.#options;
    if ((await sweepBans(pool, this.#now())) || isStart) await this.#tellBans();
  }

  async #tellBans(): Promise<void> {
    this.#options.board.show(await readBans(this.#options.pool, this.#now()));
  }

  #status(): Act {
    const { pool, webhook, log } = this.#options;
    const run = async () => {
      const now = this.#now();
      const [bans, announcements] = await Promise.all([readBans(pool, now), readShownAnnouncements(pool, now)]);
      const result = {
        bans: bans.map(({ network, untilUs }) => ({ network, until: instantOf(untilUs) })),
        announcements: announcements.map(({ id, atUs, untilUs, text }) => {
          return { id, at: instantOf(atUs), until: untilUs === null ? null : instantOf(untilUs), text };
        }),
        webhook: webhook && (await deliveryState(pool)),
        log: log.head,
      };
      return { result, said: {} };
    };
    return { said: {}, run };
  }

  #restart({ target }: Arguments<'restart'>): Act {
    return simple({ target }, () => this.#options.restart(target));
  }

  #announce({ text, until }: Arguments<'announce'>): Act {
    const untilUs = until === undefined ? null : this.#future(until);
    if ([...text].some(isUnseen))
      throw new PinataError('REQUEST_INVALID', { why: 'the text has characters that nobody sees' });
    const run = async () => {
      const id = await putAnnouncement(this.#options.pool, { atUs: this.#now(), untilUs, text: text.trim() });
      return { result: { id }, said: { id } };
    };
    return { said: { text: text.trim(), until: until ?? null }, run };
  }

  #withdraw({ id }: Arguments<'withdraw'>): Act {
    return simple({ id }, async () => {
      const isShown = await withdrawAnnouncement(this.#options.pool, id, this.#now());
      if (!isShown) throw new PinataError('ANNOUNCEMENT_UNKNOWN', { id });
    });
  }

  #ban({ network: text, until, reason }: Arguments<'ban'>): Act {
    const { pool, addressDays } = this.#options;
    const { family, prefix, cidr } = networkOf(text);
    const madeUs = this.#now();
    const untilUs = until === undefined ? madeUs + BAN_DEFAULT_US : this.#future(until);
    if (untilUs > madeUs + addressDays * DAY_US)
      throw new PinataError('BAN_UNUSABLE', { why: `an address is kept for ${addressDays} days at most` });
    const run = async () => {
      const ban = await putBan(pool, { id: newUuidV7(madeUs / 1000), network: cidr, madeUs, untilUs });
      await this.#tellBans();
      return { result: { ban, network: cidr, until: instantOf(untilUs) }, said: { ban } };
    };
    return { said: { family, prefix, until: instantOf(untilUs), reason: reasonOf(reason) }, run };
  }

  #unban({ network: text }: Arguments<'unban'>): Act {
    const { family, prefix, cidr } = networkOf(text);
    const run = async () => {
      const ban = await liftBan(this.#options.pool, cidr);
      if (ban === null) throw new PinataError('BAN_UNKNOWN');
      await this.#tellBans();
      return { result: { ban, network: cidr }, said: { ban } };
    };
    return { said: { family, prefix }, run };
  }

  #moderate({ attemptId, hide }: Arguments<'moderate'>): Act {
    const { pool } = this.#options;
    return simple({ attemptId, hide }, async () => {
      await this.#known(attemptId);
      await (hide ? hideTexts(pool, attemptId, this.#now()) : showTexts(pool, attemptId));
    });
  }

  #erase({ attemptId, reason }: Arguments<'erase'>): Act {
    return simple({ attemptId, reason: reasonOf(reason) }, async () => {
      const erasure = await eraseAttempt(this.#options.pool, attemptId);
      if (erasure === 'unknown') throw new PinataError('ATTEMPT_UNKNOWN', { id: attemptId });
    });
  }

  #rotateSecret(): Act {
    const { path, isGiven } = this.#options.secret;
    if (!this.#options.webhook) throw new PinataError('WEBHOOK_MISSING');
    if (isGiven) throw new PinataError('WEBHOOK_SECRET_GIVEN', { path });
    const run = async () => ({ result: { secret: await rotateSecret(path) }, said: {} });
    return { said: {}, run };
  }

  #testWebhook(): Act {
    const { webhook } = this.#options;
    if (!webhook) throw new PinataError('WEBHOOK_MISSING');
    const run = async () => {
      const { id, answer } = await webhook.test();
      return { result: { id, answer }, said: { id, answer } };
    };
    return { said: {}, run };
  }

  #log(): Act {
    const { log, pool } = this.#options;
    const run = async () => ({ result: { lines: await log.lines(), published: await readHead(pool) }, said: {} });
    return { said: {}, run };
  }

  async #known(id: string): Promise<void> {
    const { rowCount } = isUuidV7(id)
      ? await this.#options.pool.query('select from attempt where id = $1 limit 1', [id])
      : { rowCount: 0 };
    if (!rowCount) throw new PinataError('ATTEMPT_UNKNOWN', { id });
  }

  #future(time: string): Micros {
    const us = Date.parse(time) * 1000;
    if (!(us > this.#now())) throw new PinataError('REQUEST_INVALID', { why: 'the time it ends at is over' });
    return us;
  }
}

/** An act that answers nothing but that it is done. */
function simple(said: Act['said'], work: () => Promise<void>): Act {
  return {
    said,
    run: async () => {
      await work();
      return { result: { done: true }, said: {} };
    },
  };
}

function reasonOf(reason: string | undefined): string | null {
  return reason === undefined ? null : withoutAddresses(reason);
}
