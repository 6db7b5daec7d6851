import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HOME } from '../../config.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';

const FOLDER = join(HOME, 'test/bench');

/** Benches over a log of so many attempts. */
const WITH_ROWS = new Set(['queries', 'pages', 'export']);

export const bench: Command = {
  usage: 'bench [NAME] [--rows N]',
  summary: 'print measured numbers: one script of test/bench, or all of them',
  flags: { rows: { type: 'string' } },
  words: { min: 0, max: 1 },
  run: async ({ words: [name], flags, env }) => {
    const names = benches();
    if (name !== undefined && !names.includes(name)) {
      throw usage(`There is no bench ${name}; there are: ${names.join(', ') || 'none'}.`);
    }
    const { rows } = flags;
    if (rows !== undefined && (!WITH_ROWS.has(name ?? '') || !/^\d+$/.test(String(rows)))) {
      throw usage(`--rows is a number, and for ${[...WITH_ROWS].join(' and ')} alone.`);
    }
    const args = rows === undefined ? [] : ['--rows', String(rows)];
    let failed = 0;
    for (const one of name === undefined ? names : [name]) {
      const child = spawn(process.execPath, [join(FOLDER, `${one}.ts`), ...args], { env, stdio: 'inherit', cwd: HOME });
      const [status] = await once(child, 'exit');
      if (status !== 0) failed++;
    }
    return failed === 0 ? 0 : 1;
  },
};

/** Names of the scripts: `test/bench/NAME.ts`; helpers lie in folders below. */
function benches(): string[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => file.slice(0, -'.ts'.length))
    .sort();
}
