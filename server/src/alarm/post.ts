import { Agent } from 'undici';
import type { WebhookHeaders } from './signature.ts';

const TRY_TIMEOUT_MS = 10_000;

/** What came of one try; `answer` is a status or the name of what went wrong, never text that the far end chose. */
export interface Posted {
  readonly accepted: boolean;
  readonly answer: string;
}

/**
 * Posts a body once. Accepted is a 2xx status and nothing else: a redirect is followed by nobody. Over after `timeoutMs` whatever the far
 * end does; its answer's body is not read. Never throws.
 */
export async function post(
  url: string,
  body: string,
  headers: WebhookHeaders,
  { timeoutMs = TRY_TIMEOUT_MS, stop }: { timeoutMs?: number; stop?: AbortSignal } = {},
): Promise<Posted> {
  const { origin, pathname, search } = new URL(url);
  const agent = new Agent({ connections: 1, pipelining: 0 });
  try {
    const response = await agent.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'pinata-webhook/1', ...headers },
      body,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(stop ? [stop] : [])]),
    });
    // What is left of the answer does not matter, and neither does whether it comes.
    response.body.on('error', () => {});
    response.body.destroy();
    const { statusCode } = response;
    return { accepted: statusCode >= 200 && statusCode < 300, answer: `status ${statusCode}` };
  } catch (error) {
    return { accepted: false, answer: nameOf(error) };
  } finally {
    await agent.destroy();
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'timeout';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
