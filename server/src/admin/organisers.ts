import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { Value } from 'typebox/value';
import { PinataError } from '../errors.ts';
import type { JsonValue } from '../trust/canonical-json.ts';
import type { Act, Acts } from './acts.ts';
import type { AuditHead, AuditKind } from './audit-chain.ts';
import type { AuditLog } from './audit-log.ts';
import { type Arguments, Call, VERBS, type Verb } from './messages.ts';

export interface OrganisersOptions {
  readonly acts: Pick<Acts, 'of'>;
  readonly log: AuditLog;
  /** Makes public where the log stands. */
  readonly publish: (head: AuditHead) => Promise<void>;
  readonly operatorLog: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** Stands for what is no call: its verb is refused. */
const MALFORMED = { verb: '', arguments: {}, who: null };

/**
 * Takes the organisers' calls, one after the other. An entry is on the disk before anything is done, and another one after it; a call that
 * is refused leaves one entry. A log that cannot be written stops everything.
 */
export class Organisers {
  readonly #options: OrganisersOptions;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: OrganisersOptions) {
    this.#options = options;
  }

  /** Throws what refused the call or made it fail. */
  call(call: unknown): Promise<{ call: string; result: Record<string, unknown> }> {
    const answer = this.#turn.then(() => this.#take(call));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #take(body: unknown): Promise<{ call: string; result: Record<string, unknown> }> {
    const { verb, arguments: given, who } = Value.Check(Call, body) ? body : MALFORMED;
    const call = randomUUID();
    const note = async (kind: AuditKind, said: { readonly [name: string]: JsonValue }) => {
      await this.#options.log.append({ at: new Date().toISOString(), kind, call, who, verb: knownVerb(verb), said });
      await this.#publish();
    };
    const act = await this.#prepare(verb, given).catch(async (error: unknown) => {
      await note('refused', { code: codeOf(error) });
      throw error;
    });
    await note('asked', act.said);
    try {
      const { result, said } = await act.run();
      await note('done', said);
      this.#options.operatorLog.info({ call, verb }, 'an organiser acted');
      return { call, result };
    } catch (error) {
      await note('failed', { code: codeOf(error) });
      this.#options.operatorLog.warn({ call, verb, err: error }, 'an organiser could not act');
      throw error;
    }
  }

  async #prepare(verb: string, given: Record<string, unknown>): Promise<Act> {
    if (!isVerb(verb)) throw new PinataError('VERB_UNKNOWN', { verb });
    return prepare(this.#options.acts, verb, given);
  }

  async #publish(): Promise<void> {
    const { log, publish, operatorLog } = this.#options;
    await publish(log.head).catch(error => operatorLog.error({ err: error }, "the log's head was not published"));
  }
}

function prepare<V extends Verb>({ of }: Pick<Acts, 'of'>, verb: V, given: Record<string, unknown>): Act {
  const schema = VERBS[verb];
  if (!Value.Check(schema, given)) {
    const [first] = Value.Errors(schema, given);
    throw new PinataError('REQUEST_INVALID', { why: `${verb}: ${first?.instancePath ?? ''} ${first?.message ?? ''}` });
  }
  return of[verb](given as Arguments<V>);
}

function isVerb(text: string): text is Verb {
  return Object.hasOwn(VERBS, text);
}

/** What is no verb may be anything: only that there was something is noted. */
function knownVerb(verb: string): string {
  return isVerb(verb) ? verb : 'unknown';
}

function codeOf(error: unknown): string {
  return error instanceof PinataError ? error.code : 'INTERNAL';
}
