import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { SETTINGS, type SettingName } from '../config.ts';
import { PinataError } from '../errors.ts';
import type { Command } from './command.ts';

const PREFIX = 'PINATA_';

export interface Arguments {
  flags: Record<string, string | boolean | undefined>;
  words: string[];
  env: NodeJS.ProcessEnv;
}

/** The flag of a setting: PINATA_HTTP_PORT is `http-port`. */
export function flagOf(name: SettingName): string {
  return name.slice(PREFIX.length).toLowerCase().replaceAll('_', '-');
}

/**
 * Takes a command's arguments apart. Every setting is a flag of every command and wins over its variable; a relative path in a
 * flag is below `cwd`. Throws USAGE.
 */
export function parseArguments(
  command: Command,
  args: string[],
  env: NodeJS.ProcessEnv,
  cwd: string = process.cwd(),
): Arguments {
  const names = Object.keys(SETTINGS) as SettingName[];
  const settingFlags: ParseArgsOptionsConfig = Object.fromEntries(
    names.map(name => [flagOf(name), { type: 'string' }]),
  );
  const { values, positionals } = parse(args, { ...settingFlags, ...command.flags });
  const { min, max } = command.words;
  if (positionals.length < min || positionals.length > max) throw usage(`usage: ./pinata ${command.usage}`);

  const given = names.filter(name => !(flagOf(name) in command.flags) && values[flagOf(name)] !== undefined);
  const fromFlags = given.map(name => {
    const text = String(values[flagOf(name)]);
    return [name, SETTINGS[name].kind === 'path' && text !== '' ? resolve(cwd, text) : text];
  });
  return { flags: values, words: positionals, env: { ...env, ...Object.fromEntries(fromFlags) } };
}

function parse(args: string[], options: ParseArgsOptionsConfig) {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true });
    return { values: values as Arguments['flags'], positionals };
  } catch (error) {
    throw usage(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}

/** The error for a command line that means nothing. */
export function usage(why: string): PinataError {
  return new PinataError('USAGE', { why });
}
