import rateLimit from '@fastify/rate-limit';
import { PinataError } from '../../errors.ts';
import { addressKey } from '../address-key.ts';
import type { App } from '../context.ts';

/** Addresses remembered at a time; the one seen longest ago is forgotten first. */
const ADDRESSES_KEPT = 20_000;

/** A request budget per address (IPv6: per /64), told in `RateLimit` headers. */
export async function registerRateLimit(app: App, requestsPerMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    cache: ADDRESSES_KEPT,
    enableDraftSpec: true,
    keyGenerator: request => addressKey(request.ip),
    errorResponseBuilder: () => new PinataError('RATE_LIMITED'),
  });
}
