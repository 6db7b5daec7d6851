import { SETTINGS, type SettingName } from '../../config.ts';
import { flagOf, usage } from '../arguments.ts';
import type { Command } from '../command.ts';
import { COMMANDS } from '../commands.ts';

const COLUMN = 30;

export const help: Command = {
  usage: 'help [COMMAND]',
  summary: 'this, or more about one command',
  flags: {},
  words: { min: 0, max: 1 },
  run: async ({ words: [name], print }) => {
    if (name === undefined) await printAll(print);
    else await printOne(name, print);
    return 0;
  },
};

async function printAll(print: (line: string) => void): Promise<void> {
  print('The Piñata: a unikernel that gives its key to whoever completes a mutually authenticated TLS session.\n');
  for (const [name, load] of COMMANDS) print(`  ./pinata ${name.padEnd(14)} ${(await load()).summary}`);
  print('\n./pinata help COMMAND tells more. Every setting is a variable and a flag of every command:\n');
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const { fallback, help: text } = SETTINGS[name];
    print(`  --${flagOf(name).padEnd(COLUMN)} ${name}`);
    print(`      ${text}${fallback === '' ? '' : ` [${fallback}]`}`);
  }
}

async function printOne(name: string, print: (line: string) => void): Promise<void> {
  const load = COMMANDS.get(name);
  if (!load) throw usage(`There is no command ${name}.`);
  const command = await load();
  print(`./pinata ${command.usage}\n\n  ${command.summary}`);
}
