import type { Static, TSchema } from 'typebox';
import { type Dispatcher, Pool } from 'undici';
import { PinataError } from '../errors.ts';
import { checked } from './api.ts';

const DEADLINE_MS = 15_000;

/** How many requests are under way at a time. */
const CONNECTIONS = 4;

export interface ControlRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** Asks one of the processes on its control socket. Throws NOT_RUNNING, or an error that tells what it answered. */
export async function askControl<T extends TSchema>(
  socketPath: string,
  request: ControlRequest,
  shape: T,
): Promise<Static<T>> {
  const control = openControl(socketPath);
  try {
    return await control.ask(request, shape);
  } finally {
    await control.close();
  }
}

/** A control socket that is asked often. */
export interface OpenControl {
  ask<T extends TSchema>(request: ControlRequest, shape: T): Promise<Static<T>>;
  close(): Promise<void>;
}

/** Connects when it is first asked. */
export function openControl(socketPath: string): OpenControl {
  const pool = new Pool('http://localhost', {
    socketPath,
    connections: CONNECTIONS,
    bodyTimeout: DEADLINE_MS,
    headersTimeout: DEADLINE_MS,
  });
  return {
    ask: async ({ method, path, body }, shape) => {
      const content = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {};
      const response = await pool.request({ method, path, ...content }).catch(error => {
        throw new PinataError('NOT_RUNNING', { address: socketPath }, { cause: error });
      });
      return answerOf(response, path, shape);
    },
    close: () => pool.close(),
  };
}

async function answerOf<T extends TSchema>(
  { statusCode, body }: Dispatcher.ResponseData,
  path: string,
  shape: T,
): Promise<Static<T>> {
  const text = await body.text();
  if (statusCode !== 200) throw new PinataError('REQUEST_INVALID', { why: `${path}: ${text.slice(0, 500)}` });
  return checked(JSON.parse(text), shape, path);
}
