import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from './generated/client.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** One pool, used by Prisma (reads, relations, boots, targets) and by raw SQL (the attempt log) alike. */
export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** Twice is fine. */
  close(): Promise<void>;
}

/**
 * Opens a database by its URL; connects when first used. bigint columns arrive as decimal strings in raw queries and as BigInt
 * through Prisma.
 */
export function openDatabase(url: string, options: { maxConnections?: number; name?: string } = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 4,
    application_name: options.name ?? 'pinata',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: false }) });
  let closing: Promise<void> | null = null;
  const close = async () => {
    await prisma.$disconnect();
    await pool.end();
  };
  return {
    pool,
    prisma,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
