import type { Command } from './command.ts';

/** Every command, loaded when it is asked for. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['up', async () => (await import('./commands/up.ts')).up],
  ['status', async () => (await import('./commands/status.ts')).status],
  ['attempt', async () => (await import('./commands/attempt.ts')).attempt],
  ['credentials', async () => (await import('./commands/credentials.ts')).credentials],
  ['prove', async () => (await import('./commands/prove.ts')).prove],
  ['reclassify', async () => (await import('./commands/reclassify.ts')).reclassify],
  ['evidence', async () => (await import('./commands/evidence.ts')).evidence],
  ['admin', async () => (await import('./commands/admin.ts')).admin],
  ['export', async () => (await import('./commands/export.ts')).exportCommand],
  ['image', async () => (await import('./commands/image.ts')).image],
  ['verify', async () => (await import('./commands/verify.ts')).verify],
  ['stage', async () => (await import('./commands/stage.ts')).stage],
  ['test', async () => (await import('./commands/test.ts')).test],
  ['bench', async () => (await import('./commands/bench.ts')).bench],
  ['health', async () => (await import('./commands/health.ts')).health],
  ['roles', async () => (await import('./commands/roles.ts')).roles],
  ['version', async () => (await import('./commands/version.ts')).version],
  ['help', async () => (await import('./commands/help.ts')).help],
]);
