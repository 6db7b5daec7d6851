import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS, type SettingName } from '../config.ts';
import { flagOf, parseArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';

const command: Command = {
  usage: 'shout WORD',
  summary: '',
  flags: { loud: { type: 'boolean' }, key: { type: 'string' } },
  words: { min: 1, max: 1 },
  run: async () => 0,
};

test('every setting is a flag, which wins over the variable', () => {
  const { env } = parseArguments(command, ['x', '--http-port', '8081'], { PINATA_HTTP_PORT: '1', PINATA_LAB: '0' });
  assert.deepEqual(env, { PINATA_HTTP_PORT: '8081', PINATA_LAB: '0' });
});

test('a relative path in a flag is below the folder that one is in', () => {
  const { env } = parseArguments(command, ['x', '--data', 'here'], {}, '/somewhere');
  assert.deepEqual(env, { PINATA_DATA: '/somewhere/here' });
});

test('a command’s own flags and words are its own', () => {
  const { flags, words, env } = parseArguments(command, ['--loud', 'x', '--key', 'k'], {});
  assert.deepEqual([flags.loud, flags.key, words, env], [true, 'k', ['x'], {}]);
});

for (const [what, args] of [
  ['an unknown flag', ['x', '--nonsense']],
  ['a flag without its value', ['x', '--http-port']],
  ['too few words', []],
  ['too many words', ['x', 'y']],
] as const) {
  test(`${what} is a usage error`, () => {
    assert.throws(() => parseArguments(command, [...args], {}), { code: 'USAGE' });
  });
}

test('no command has a flag of the same name as a setting', async () => {
  const settings = new Set((Object.keys(SETTINGS) as SettingName[]).map(flagOf));
  for (const [name, load] of COMMANDS) {
    const { flags, usage } = await load();
    assert.ok(usage.startsWith(name), usage);
    for (const flag of Object.keys(flags)) assert.ok(!settings.has(flag), `${name} --${flag}`);
  }
});
