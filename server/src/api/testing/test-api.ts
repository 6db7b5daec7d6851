import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { readConfig } from '../../config.ts';
import { LIMITS, type Limits } from '../limits.ts';
import { type RunningApi, start } from '../start.ts';

/** Starts the api on a free port, without a dashboard unless one is given. */
export function startTestApi(
  apiUrl: string,
  options: { env?: Record<string, string>; limits?: Partial<Limits>; dashboard?: string } = {},
): Promise<RunningApi> {
  const config = readConfig({ PINATA_HTTP_PORT: '0', PINATA_API_DATABASE_URL: apiUrl, ...options.env });
  const limits = { ...LIMITS, requestsPerMinute: 1_000_000, ...options.limits };
  return start(config, pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }), {
    limits,
    dashboard: options.dashboard ?? '/nonexistent',
    exports: join(tmpdir(), `pinata-api-exports-${randomUUID()}`),
  });
}
