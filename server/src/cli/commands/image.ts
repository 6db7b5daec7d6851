import { mkdir, stat } from 'node:fs/promises';
import { BUILT_IMAGE, buildImage, checkImage } from '../../up/guest-image.ts';
import { lockBuilds } from '../../up/prepare.ts';
import type { Command } from '../command.ts';

export const image: Command = {
  usage: 'image [--rebuild]',
  summary: 'build the guest image and print its SHA-256',
  flags: { rebuild: { type: 'boolean' } },
  words: { min: 0, max: 0 },
  run: async ({ flags, config, print }) => {
    const { logs } = config().layout;
    await mkdir(logs, { recursive: true });
    const builder = {
      logs,
      signal: new AbortController().signal,
      say: (line: string) => process.stderr.write(`${line}\n`),
    };
    const lock = await lockBuilds(builder);
    try {
      await buildImage(builder, { rebuild: flags.rebuild === true });
    } finally {
      lock.release();
    }
    print(`${await checkImage(BUILT_IMAGE)}  ${BUILT_IMAGE} (${(await stat(BUILT_IMAGE)).size} bytes)`);
    return 0;
  },
};
