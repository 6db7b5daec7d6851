import { Value } from 'typebox/value';
import { Client } from 'undici';
import { PinataError } from '../errors.ts';
import type { Proof } from '../keys/proof.ts';
import { ProofSchema } from '../proofs/schema.ts';

/** Longer than the supervisor waits for a guest. */
const DEADLINE_MS = 15_000;

/** Asks the supervisor for a target's signature over a root, on the one socket of its that the api may enter. */
export type Prover = (target: string, root: string) => Promise<Proof>;

/** Its promise rejects with GUEST_NOT_READY, PROOFS_BUSY, PROOF_INVALID, TARGET_UNKNOWN or SUPERVISOR_UNREACHABLE. */
export function proverAt(socketPath: string): Prover {
  return async (target, root) => {
    const client = new Client('http://localhost', {
      socketPath,
      bodyTimeout: DEADLINE_MS,
      headersTimeout: DEADLINE_MS,
    });
    try {
      const { statusCode, body } = await client.request({
        method: 'POST',
        path: `/targets/${encodeURIComponent(target)}/prove`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ root }),
      });
      const answer: unknown = await body.json();
      if (statusCode !== 200) throw refusal(answer, target);
      if (!Value.Check(ProofSchema, answer)) throw new PinataError('PROOF_INVALID', { why: 'it is malformed' });
      return answer;
    } catch (error) {
      if (error instanceof PinataError) throw error;
      throw new PinataError('SUPERVISOR_UNREACHABLE', {}, { cause: error });
    } finally {
      await client.close();
    }
  };
}

function refusal(answer: unknown, target: string): PinataError {
  const { code, title } = Object(answer) as { code?: unknown; title?: unknown };
  switch (code) {
    case 'GUEST_NOT_READY':
    case 'TARGET_UNKNOWN':
      return new PinataError(code, { target });
    case 'RATE_LIMITED':
      return new PinataError('PROOFS_BUSY', { target });
    default:
      return new PinataError('PROOF_INVALID', { why: String(title) });
  }
}
