import { runUp } from '../../up/run.ts';
import type { Command } from '../command.ts';

export const up: Command = {
  usage: 'up [--data DIR] [--http-port N] [--prize-port N] [--practice-port N] …',
  summary: 'start everything here, until Ctrl-C',
  flags: {},
  words: { min: 0, max: 0 },
  run: ({ env }) => runUp(env),
};
