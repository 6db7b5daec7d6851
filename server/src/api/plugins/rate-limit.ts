import rateLimit from '@fastify/rate-limit';
import type { FastifyReply } from 'fastify';
import { PinataError } from '../../errors.ts';
import { addressKey } from '../address-key.ts';
import type { App } from '../context.ts';

/** Addresses remembered at a time; the one seen longest ago is forgotten first. */
const ADDRESSES_KEPT = 20_000;
const WINDOW_S = 60;
const POLICY = 'address';

/** Names that the plugin gives its numbers; they never leave. */
const [LIMIT, REMAINING, RESET] = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'] as const;

/**
 * A request budget per address (IPv6: per /64), told in `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers-10): quota `q` per window `w`, remaining `r`, seconds `t` until it is whole again.
 */
export async function registerRateLimit(app: App, requestsPerMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: WINDOW_S * 1000,
    cache: ADDRESSES_KEPT,
    enableDraftSpec: true,
    keyGenerator: request => addressKey(request.ip),
    errorResponseBuilder: () => new PinataError('RATE_LIMITED'),
  });
  // A stream writes its own head, so its headers must be there before its handler runs.
  app.addHook('preHandler', async (_request, reply) => foldHeaders(reply));
  app.addHook('onSend', async (_request, reply) => foldHeaders(reply));
}

function foldHeaders(reply: FastifyReply): void {
  const [limit, remaining, reset] = [LIMIT, REMAINING, RESET].map(name => reply.getHeader(name));
  if (limit === undefined) return;
  for (const name of [LIMIT, REMAINING, RESET]) reply.removeHeader(name);
  reply.header('ratelimit-policy', `"${POLICY}";q=${limit};w=${WINDOW_S}`);
  reply.header('ratelimit', `"${POLICY}";r=${remaining};t=${reset}`);
}
