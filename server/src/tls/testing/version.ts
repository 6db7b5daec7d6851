import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a program says of its own version, in one line; empty if nothing. */
export async function versionOf(program: string): Promise<string> {
  for (const flag of ['--version', 'version', '-V']) {
    const text = await run(program, [flag], { timeout: 5000 }).then(
      ({ stdout, stderr }) => stdout || stderr,
      () => '',
    );
    const line = text.split('\n').find(part => /\d/.test(part));
    if (line)
      return line
        .replace(/\p{Cc}\[\d+m?/gu, '')
        .replace(/\p{Cc}/gu, '')
        .trim()
        .slice(0, 60);
  }
  return '';
}
