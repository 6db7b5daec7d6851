import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from '../../config.ts';
import type { Command } from '../command.ts';

export const version: Command = {
  usage: 'version',
  summary: 'versions of this and of what it runs on',
  flags: {},
  words: { min: 0, max: 0 },
  run: async ({ print }) => {
    const { version: own } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
    print(`pinata ${own}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`);
    return 0;
  },
};
