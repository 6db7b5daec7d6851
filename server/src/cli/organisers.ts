import { userInfo } from 'node:os';
import type { Static, TSchema } from 'typebox';
import { Client } from 'undici';
import { Answer, type Arguments, type Verb } from '../admin/messages.ts';
import { PinataError } from '../errors.ts';
import { checked } from './api.ts';

/** Longer than a test of the webhook or a restart may take. */
const DEADLINE_MS = 40_000;

/** Calls the organisers' socket in the name of whoever runs this. Throws NOT_RUNNING, or REQUEST_INVALID with what refused it. */
export async function callOrganisers<V extends Verb, T extends TSchema>(
  socketPath: string,
  verb: V,
  given: Arguments<V>,
  shape: T,
): Promise<Static<T>> {
  const client = new Client('http://localhost', { socketPath, bodyTimeout: DEADLINE_MS, headersTimeout: DEADLINE_MS });
  try {
    const { statusCode, body } = await client
      .request({
        method: 'POST',
        path: '/call',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ verb, arguments: given, who: whoAsks() }),
      })
      .catch(error => {
        throw new PinataError('NOT_RUNNING', { address: socketPath }, { cause: error });
      });
    const answer: unknown = await body.json();
    if (statusCode !== 200) throw new PinataError('REQUEST_INVALID', { why: wordsOf(answer) });
    return checked(checked(answer, Answer, verb).result, shape, verb);
  } finally {
    await client.close();
  }
}

function whoAsks() {
  const { uid, username } = userInfo();
  return { uid, user: username.slice(0, 64), onBehalfOf: process.env.SUDO_USER?.slice(0, 64) ?? null };
}

/** Of a problem document (RFC 9457), what is wrong and what to do. */
function wordsOf(problem: unknown): string {
  const { title, detail } = Object(problem) as { title?: unknown; detail?: unknown };
  return [title, detail].filter(text => typeof text === 'string').join(' ');
}
