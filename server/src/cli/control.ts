import type { Static, TSchema } from 'typebox';
import { Client } from 'undici';
import { PinataError } from '../errors.ts';
import { checked } from './api.ts';

const DEADLINE_MS = 15_000;

/** Asks one of the processes on its control socket. Throws NOT_RUNNING, or an error that tells what it answered. */
export async function askControl<T extends TSchema>(
  socketPath: string,
  request: { method: 'GET' | 'POST'; path: string; body?: object },
  shape: T,
): Promise<Static<T>> {
  const { method, path, body } = request;
  const client = new Client('http://localhost', { socketPath, bodyTimeout: DEADLINE_MS, headersTimeout: DEADLINE_MS });
  try {
    const response = await client
      .request({
        method,
        path,
        ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      })
      .catch(error => {
        throw new PinataError('NOT_RUNNING', { address: socketPath }, { cause: error });
      });
    const text = await response.body.text();
    if (response.statusCode !== 200)
      throw new PinataError('REQUEST_INVALID', { why: `${path}: ${text.slice(0, 500)}` });
    return checked(JSON.parse(text), shape, path);
  } finally {
    await client.close();
  }
}
