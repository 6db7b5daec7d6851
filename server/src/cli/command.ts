import type { ParseArgsOptionsConfig } from 'node:util';
import type { Config } from '../config.ts';

/** What a command gets: its own flags, the words after it, and the configuration with all flags applied. */
export interface Invocation {
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly words: readonly string[];
  /** The environment with the setting flags applied. */
  readonly env: NodeJS.ProcessEnv;
  /** The settled configuration; read when asked, because not every command needs one. */
  readonly config: () => Config;
  /** The same, with the addresses of the installation that runs on that data folder. */
  readonly clientConfig: () => Config;
  print(line: string): void;
}

export interface Command {
  /** What stands after `./pinata`. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: ParseArgsOptionsConfig;
  /** How many words may follow. */
  readonly words: { readonly min: number; readonly max: number };
  /** Gives the exit status. */
  run(invocation: Invocation): Promise<number>;
}
