import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { HOME } from '../../config.ts';
import type { Command } from '../command.ts';

const PARTS = 6;

export const test: Command = {
  usage: 'test [unit|guest|e2e|browser|containers|full] …',
  summary: 'install what the tests need and run them, or some parts',
  flags: {},
  words: { min: 0, max: PARTS },
  run: async ({ words }) => {
    const child = spawn(process.execPath, [join(HOME, 'test/run.ts'), ...words], { stdio: 'inherit', cwd: HOME });
    const [status] = await once(child, 'exit');
    return status ?? 1;
  },
};
