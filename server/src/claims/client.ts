import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { Client } from 'undici';
import { PinataError } from '../errors.ts';
import { ClaimedEvidence, Done, FineTimes, SourceToken } from './messages.ts';

const DEADLINE_MS = 10_000;
/** Refusals that are the asker's business; anything else is ours. */
const REFUSALS = ['ATTEMPT_UNKNOWN', 'CLAIM_WRONG', 'EVIDENCE_GONE', 'CREDIT_REFUSED', 'RATE_LIMITED'] as const;

interface Body {
  id?: string;
  token?: string;
  name?: string;
  ip?: string;
}

/** What claims may be asked; see `messages.ts`. Each throws the refusals that are named there, or CLAIMS_UNAVAILABLE. */
export interface ClaimsClient {
  times(id: string, token: string): Promise<FineTimes>;
  evidence(id: string, token: string): Promise<ClaimedEvidence>;
  erase(id: string, token: string): Promise<void>;
  credit(id: string, token: string, name: string): Promise<void>;
  uncredit(id: string, token: string): Promise<void>;
  source(ip: string): Promise<SourceToken>;
}

/** A client of ingest's socket at this path. */
export function claimsClient(socketPath: string): ClaimsClient {
  const ask = <T extends TSchema>(path: string, body: Body, shape: T) => post(socketPath, path, body, shape);
  return {
    times: (id, token) => ask('/times', { id, token }, FineTimes),
    evidence: (id, token) => ask('/evidence', { id, token }, ClaimedEvidence),
    erase: async (id, token) => {
      await ask('/erase', { id, token }, Done);
    },
    credit: async (id, token, name) => {
      await ask('/credit', { id, token, name }, Done);
    },
    uncredit: async (id, token) => {
      await ask('/uncredit', { id, token }, Done);
    },
    source: ip => ask('/source', { ip }, SourceToken),
  };
}

async function post<T extends TSchema>(socketPath: string, path: string, body: Body, shape: T): Promise<Static<T>> {
  const client = new Client('http://ingest', { socketPath, bodyTimeout: DEADLINE_MS, headersTimeout: DEADLINE_MS });
  const answer = await exchange(client, path, body)
    .catch(error => {
      throw new PinataError('CLAIMS_UNAVAILABLE', {}, { cause: error });
    })
    .finally(() => client.close());
  if (answer.status !== 200) throw refusal(answer.value, body.id);
  if (!Value.Check(shape, answer.value)) throw new PinataError('CLAIMS_UNAVAILABLE');
  return answer.value;
}

async function exchange(client: Client, path: string, body: object): Promise<{ status: number; value: unknown }> {
  const headers = { 'content-type': 'application/json' };
  const response = await client.request({ method: 'POST', path, headers, body: JSON.stringify(body) });
  return { status: response.statusCode, value: await response.body.json() };
}

function refusal(answer: unknown, id: string | undefined): PinataError {
  const given = typeof answer === 'object' && answer !== null && 'code' in answer ? answer.code : null;
  const code = REFUSALS.find(known => known === given);
  return code ? new PinataError(code, id === undefined ? {} : { id }) : new PinataError('CLAIMS_UNAVAILABLE');
}
