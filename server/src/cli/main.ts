import { settleClientConfig, settleConfig } from '../up/data-folder.ts';
import { failureLines } from '../up/run.ts';
import { parseArguments, usage } from './arguments.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';

/** Runs one command line; gives the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const [given = 'help', ...rest] = args;
  const name = given === '--help' || given === '-h' ? 'help' : given === '--version' ? 'version' : given;
  const load = COMMANDS.get(name);
  if (!load) throw usage(`There is no command ${name}.`);
  const command: Command = await load();
  if (rest.includes('--help')) return main(['help', name]);
  const { flags, words, env } = parseArguments(command, rest, process.env);
  const print = (line: string) => process.stdout.write(`${line}\n`);
  return command.run({
    flags,
    words,
    env,
    config: () => settleConfig(env),
    clientConfig: () => settleClientConfig(env),
    print,
  });
}

// A reader that has had enough (`| head`) is no reason to fall.
process.stdout.on('error', () => undefined);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
