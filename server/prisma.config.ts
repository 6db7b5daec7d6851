import { defineConfig } from 'prisma/config';

/** For the Prisma command line. The processes take their URL from `src/config.ts`; migrations run from `src/store/migrate.ts`. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.PINATA_DATABASE_URL ?? 'postgresql://pinata@127.0.0.1:15432/pinata' },
});
