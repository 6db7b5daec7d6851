import { Client } from 'undici';
import { PinataError } from '../errors.ts';

const DEADLINE_MS = 15_000;

/** Asks the supervisor to end a target's guest; the next one follows with new keys. Its promise rejects with GUEST_NOT_READY, TARGET_UNKNOWN or SUPERVISOR_UNREACHABLE. */
export function restarterAt(socketPath: string): (target: string) => Promise<void> {
  return async target => {
    const client = new Client('http://localhost', {
      socketPath,
      bodyTimeout: DEADLINE_MS,
      headersTimeout: DEADLINE_MS,
    });
    try {
      const path = `/targets/${encodeURIComponent(target)}/restart`;
      const { statusCode, body } = await client.request({ method: 'POST', path });
      const answer: unknown = await body.json();
      if (statusCode !== 200) throw refusal(answer, target);
    } catch (error) {
      if (error instanceof PinataError) throw error;
      throw new PinataError('SUPERVISOR_UNREACHABLE', {}, { cause: error });
    } finally {
      await client.close();
    }
  };
}

function refusal(answer: unknown, target: string): PinataError {
  const { code } = Object(answer) as { code?: unknown };
  if (code === 'GUEST_NOT_READY' || code === 'TARGET_UNKNOWN') return new PinataError(code, { target });
  return new PinataError('SUPERVISOR_UNREACHABLE');
}
