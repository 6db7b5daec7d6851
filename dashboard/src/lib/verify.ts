import {
  checkProof,
  holds,
  type ProofAnswer,
  type PublishedTarget,
  type Step,
  selfCheck,
} from '../../../server/src/proofs/check.ts';
import { getJson, postJson } from './api.ts';
import type { TargetView } from './generated/api.ts';

const NONCE_BYTES = 32;

/** A finished check of one target. */
export interface Checked {
  readonly steps: readonly Step[];
  readonly holds: boolean;
  /** Of a good answer with one bit changed, which changes this page noticed. Empty where the answer itself did not hold. */
  readonly selfCheck: readonly { part: string; noticed: boolean }[];
  readonly answer: ProofAnswer;
}

/** Has a target sign for a nonce of this browser's own, and checks every step of the answer. Throws ApiError. */
export async function challenge(target: string): Promise<Checked> {
  const nonce = hex(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
  const answer = await postJson<ProofAnswer>(`/api/v1/targets/${encodeURIComponent(target)}/proofs`, { nonce });
  const published = await publishedOf(target);
  const steps = checkProof(nonce, answer, published);
  const good = holds(steps);
  return { steps, holds: good, selfCheck: good ? selfCheck(nonce, answer, published) : [], answer };
}

/** Read after the answer, so that a restart in between is not taken for a wrong boot. */
async function publishedOf(target: string): Promise<PublishedTarget> {
  const { rows } = await getJson<{ rows: TargetView[] }>('/api/v1/targets');
  const row = rows.find(each => each.target === target);
  return {
    target,
    bootId: row?.bootId ?? null,
    imageSha256: row?.imageSha256 ?? null,
    caSha256: row?.certificates.ca?.sha256 ?? null,
    vaultKey: row?.keys.find(({ role }) => role === 'vault')?.xOnly ?? null,
    address: row?.output?.address ?? null,
  };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
