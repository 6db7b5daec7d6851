import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Config } from '../config.ts';
import { PinataError } from '../errors.ts';
import { dashboardUrl } from '../up/summary.ts';

const DEADLINE_MS = 15_000;

/** Asks the running installation's public API for JSON of a shape. Throws NOT_RUNNING, or REQUEST_INVALID with what it said. */
export async function getJson<T extends TSchema>(config: Config, path: string, shape: T): Promise<Static<T>> {
  return getJsonFrom(dashboardUrl(config.settings), path, shape);
}

/** The same of any installation, by the address of its page. */
export async function getJsonFrom<T extends TSchema>(address: string, path: string, shape: T): Promise<Static<T>> {
  const response = await fetch(`${address}${path}`, { signal: AbortSignal.timeout(DEADLINE_MS) }).catch(error => {
    throw new PinataError('NOT_RUNNING', { address }, { cause: error });
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    throw new PinataError('REQUEST_INVALID', { why: `${path}: ${detailOf(answer) ?? `status ${response.status}`}` });
  }
  return checked(answer, shape, path);
}

/** The answer, if it has the shape. Throws REQUEST_INVALID. */
export function checked<T extends TSchema>(answer: unknown, shape: T, path: string): Static<T> {
  if (Value.Check(shape, answer)) return answer;
  const [first] = Value.Errors(shape, answer);
  throw new PinataError('REQUEST_INVALID', { why: `${path} answered in another shape: ${first?.instancePath ?? ''}` });
}

/** The sentence in an RFC 9457 problem document. */
function detailOf(problem: unknown): string | null {
  if (typeof problem !== 'object' || problem === null || !('detail' in problem)) return null;
  return typeof problem.detail === 'string' ? problem.detail : null;
}
