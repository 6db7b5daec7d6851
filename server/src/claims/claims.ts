import { timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import { PinataError } from '../errors.ts';
import { dropCredit, putCredit } from '../store/credit.ts';
import { readEvidence } from '../store/evidence.ts';
import type { WordList } from '../text-filter/words.ts';
import { claimTagOfToken, isClaimToken } from '../trust/claim-tag.ts';
import { sourceToken } from '../trust/source-token.ts';
import { type AttemptId, isUuidV7, nowMicros } from '../wire/ids.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { isCreditName } from './credit-name.ts';
import type { ClaimBody, ClaimedEvidence, CreditBody, Done, FineTimes, SourceToken } from './messages.ts';

export interface ClaimsOptions {
  readonly pool: Pool;
  /** The key of the day that a time (ms) lies in. */
  readonly tokenKey: (unixMs: number) => Uint8Array;
  readonly words: WordList;
  /** Destroys what is private of an attempt. */
  readonly erase: (id: AttemptId) => Promise<unknown>;
  readonly nowMs?: () => number;
}

type Claimed = Pick<AttemptRecord, 'id' | 'startedUs' | 'durationUs' | 'offsets' | 'erased'>;

/** What a claim token opens, for ingest. Every call but one throws ATTEMPT_UNKNOWN, or CLAIM_WRONG where the token is another's. */
export class Claims {
  readonly #options: Required<ClaimsOptions>;

  constructor(options: ClaimsOptions) {
    this.#options = { nowMs: Date.now, ...options };
  }

  async times(claim: ClaimBody): Promise<FineTimes> {
    const { id, startedUs, durationUs, offsets } = kept(await this.#open(claim));
    return { id, startedUs, durationUs, offsets };
  }

  /** Throws EVIDENCE_GONE. */
  async evidence(claim: ClaimBody): Promise<ClaimedEvidence> {
    const { id } = kept(await this.#open(claim));
    const stored = await readEvidence(this.#options.pool, id);
    if (!stored || stored.transcript === null) throw new PinataError('EVIDENCE_GONE', { id });
    return { ...stored, transcript: stored.transcript };
  }

  async erase(claim: ClaimBody): Promise<Done> {
    const { id } = await this.#open(claim);
    await this.#options.erase(id);
    return { done: true };
  }

  /** Throws CREDIT_REFUSED for a name that cannot be shown. */
  async credit({ name, ...claim }: CreditBody): Promise<Done> {
    const { id } = kept(await this.#open(claim));
    if (!isCreditName(name, this.#options.words)) throw new PinataError('CREDIT_REFUSED');
    await putCredit(this.#options.pool, id, { name, setUs: nowMicros() });
    return { done: true };
  }

  async uncredit(claim: ClaimBody): Promise<Done> {
    const { id } = await this.#open(claim);
    await dropCredit(this.#options.pool, id);
    return { done: true };
  }

  /** The token that rows of this address carry today. Nothing else of the address, and nothing of other days. */
  source(ip: string): SourceToken {
    const now = this.#options.nowMs();
    return { day: new Date(now).toISOString().slice(0, 10), srcToken: sourceToken(this.#options.tokenKey(now), ip) };
  }

  /** The attempt that the token is of. Compares in constant time, also where there is no tag. */
  async #open({ id, token }: ClaimBody): Promise<Claimed> {
    if (!isUuidV7(id)) throw new PinataError('ATTEMPT_UNKNOWN', { id });
    const { rows } = await this.#options.pool.query<{ record: Claimed; tag: string | null }>(
      'select record, claim_tag as tag from attempt where id = $1 and superseded_change is null',
      [id],
    );
    const [row] = rows;
    if (!row) throw new PinataError('ATTEMPT_UNKNOWN', { id });
    const shown = Buffer.from(claimTagOfToken(token));
    const own = Buffer.alloc(shown.length, row.tag ?? '');
    if (!timingSafeEqual(shown, own) || row.tag === null || !isClaimToken(token)) {
      throw new PinataError('CLAIM_WRONG', { id });
    }
    return row.record;
  }
}

/** Throws EVIDENCE_GONE for what was erased. */
function kept(claimed: Claimed): Claimed {
  if (claimed.erased) throw new PinataError('EVIDENCE_GONE', { id: claimed.id });
  return claimed;
}
