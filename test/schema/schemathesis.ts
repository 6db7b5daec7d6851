import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonPrograms } from '../python-environment.ts';

/** By the beginning of a path: its parameter, and values of it that exist. */
export type KnownNames = Readonly<Record<string, readonly [parameter: string, values: readonly string[]]>>;

export interface Verdict {
  /** Nothing was found. */
  readonly passed: boolean;
  /** What schemathesis said. */
  readonly report: string;
}

/** Holds the API at `url` to its own description. `examples` is how many requests are made up for each operation, beyond the systematic ones. */
export async function runSchemathesis(url: string, examples: number, known: KnownNames): Promise<Verdict> {
  const programs = pythonPrograms('schemathesis', join(import.meta.dirname, 'requirements.txt'));
  const options = ['--config-file', join(import.meta.dirname, 'schemathesis.toml')];
  const folder = await mkdtemp(join(tmpdir(), 'pinata-schemathesis-'));
  try {
    const child = spawn(
      join(programs, 'st'),
      [...options, 'run', `${url}/openapi.json`, '--origin', url, '--max-examples', String(examples)],
      {
        // It leaves a folder of examples where it runs.
        cwd: folder,
        env: {
          ...process.env,
          SCHEMATHESIS_HOOKS: 'hooks',
          PYTHONPATH: import.meta.dirname,
          PYTHONDONTWRITEBYTECODE: '1',
          PINATA_KNOWN_NAMES: JSON.stringify(known),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let report = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (report += chunk));
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { passed: status === 0, report };
  } finally {
    await rm(folder, { recursive: true });
  }
}
