import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPrograms } from '../python-environment.ts';

export type Reader =
  | 'python-csv'
  | 'python-json'
  | 'duckdb-parquet'
  | 'duckdb-json'
  | 'duckdb-csv'
  | 'pyarrow-parquet'
  | 'pyarrow-metadata'
  | 'zeek';

const run = promisify(execFile);
const OUTPUT_MAX_BYTES = 512 << 20;

/** The rows of a file, as a tool that is not ours reads them. */
export async function readBack(reader: Reader, path: string): Promise<Record<string, unknown>[]> {
  const python = join(pythonPrograms('readers', join(import.meta.dirname, 'requirements.txt')), 'python');
  const { stdout } = await run(python, [join(import.meta.dirname, 'readers.py'), reader, path], {
    maxBuffer: OUTPUT_MAX_BYTES,
  });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line));
}
