import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../server/src/config.ts';
import { buildAll } from '../server/src/up/build.ts';
import { openScreen } from '../server/src/up/screen.ts';
import { ensureTools } from '../server/src/up/tools.ts';
import { ROOT, runShown, TEST_PATH } from './run-commands.ts';
import type { Part } from './run-parts.ts';

const RUST_COMPONENTS = ['clippy', 'rustfmt'];

/** Installs what the parts need, as root and where it is missing, and builds all that is built. */
export async function prepareTests(parts: readonly Part[]): Promise<void> {
  process.env.PATH = TEST_PATH;
  await ensureTools(
    parts.flatMap(part => part.tools),
    line => console.log(line),
  );
  const config = readConfig({ PATH: TEST_PATH });
  await mkdir(config.layout.logs, { recursive: true });
  await buildAll(config, openScreen(process.stdout), new AbortController().signal);
  if (parts.some(part => part.name === 'guest')) await ensureRustComponents();
}

async function ensureRustComponents(): Promise<void> {
  const guest = join(ROOT, 'pinata-image');
  const { status } = await runShown(['cargo', 'clippy', '--version'], guest);
  const formatter = await runShown(['cargo', 'fmt', '--version'], guest);
  if (status + formatter.status > 0) await runShown(['rustup', 'component', 'add', ...RUST_COMPONENTS], guest);
}
