import { PinataError } from '../errors.ts';
import { lastLines } from './log-file.ts';
import { openScreen } from './screen.ts';
import { up } from './up.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const TAIL_LINES = 8;

/** Runs `up` as this process: the first signal stops everything in order, a second one at once. Gives the exit status. */
export async function runUp(env: NodeJS.ProcessEnv): Promise<number> {
  const stopping = new AbortController();
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      // Our children die with us (their parent-death signal), so leaving is enough.
      if (stopping.signal.aborted) process.exit(130);
      stopping.abort();
    });
  }
  const screen = openScreen(process.stdout);
  try {
    await up(env, screen, stopping.signal);
    screen.line('Stopped.');
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    for (const line of failureLines(error)) process.stderr.write(`${line}\n`);
    return 1;
  }
}

/** What the screen says of an error: its two lines, and the end of the log that it names. */
export function failureLines(error: unknown): string[] {
  if (!(error instanceof PinataError)) return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  const log = error.details.log;
  return [error.text, ...(typeof log === 'string' ? lastLines(log, TAIL_LINES).map(line => `  | ${line}`) : [])];
}
