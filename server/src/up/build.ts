import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, HOME } from '../config.ts';
import { BUILT_IMAGE, checkImage, ensureImage } from './guest-image.ts';
import { buildDashboard, generateClient, lockBuilds } from './prepare.ts';
import type { Screen } from './screen.ts';

/** Makes everything that is made from the sources, where they changed. A checkout without the tools' packages is taken as built. */
export async function buildAll(config: Config, screen: Screen, signal: AbortSignal): Promise<void> {
  const builder = (say: (line: string) => void) => ({ logs: config.layout.logs, signal, say });
  const lock = await lockBuilds(builder(line => screen.line(line)));
  try {
    if (existsSync(join(HOME, 'node_modules/prisma'))) {
      await screen.step('database client', say => generateClient(builder(say)));
    }
    if (existsSync(join(HOME, 'node_modules/vite'))) {
      await screen.step('dashboard', say => buildDashboard(builder(say)));
    }
    await screen.step('guest image', async say => {
      if (config.settings.PINATA_IMAGE === BUILT_IMAGE) await ensureImage(builder(say));
      const sha256 = await checkImage(config.settings.PINATA_IMAGE);
      say(`SHA-256 ${sha256.slice(0, 16)}…`);
    });
  } finally {
    lock.release();
  }
}
