import { mkdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ensureToolchain } from '../../image/toolchain.ts';
import { writeSbom } from '../../image/write-sbom.ts';
import { BUILT_IMAGE, buildImage, checkImage } from '../../up/guest-image.ts';
import { lockBuilds } from '../../up/prepare.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';

export const image: Command = {
  usage: 'image [--rebuild] [--sbom FILE]',
  summary: 'build the guest image and print its SHA-256; list what is linked into it (CycloneDX)',
  flags: { rebuild: { type: 'boolean' }, sbom: { type: 'string' } },
  words: { min: 0, max: 0 },
  run: async ({ flags, config, print }) => {
    if (flags['sbom'] === '') throw usage('--sbom says which file the list goes to.');
    const { logs } = config().layout;
    await mkdir(logs, { recursive: true });
    const builder = {
      logs,
      signal: new AbortController().signal,
      say: (line: string) => process.stderr.write(`${line}\n`),
    };
    const lock = await lockBuilds(builder);
    try {
      await buildImage(builder, flags['rebuild'] === true ? { variant: 'force' } : {});
    } finally {
      lock.release();
    }
    print(`${await checkImage(BUILT_IMAGE)}  ${BUILT_IMAGE} (${(await stat(BUILT_IMAGE)).size} bytes)`);
    if (typeof flags['sbom'] === 'string') {
      const file = resolve(flags['sbom']);
      print(`${await writeSbom(await ensureToolchain(builder), BUILT_IMAGE, file)} components  ${file}`);
    }
    return 0;
  },
};
