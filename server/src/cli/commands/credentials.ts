import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PublishedCredentials } from '../../wire/facts.ts';
import { Credentials } from '../answers.ts';
import { getJson } from '../api.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';

const FILES = ['ca.pem', 'client.pem', 'client.key', 'server.pem', 'server.key'] as const;

export const credentials: Command = {
  usage: 'credentials practice --out DIR',
  summary: 'write the practice target’s published certificates and keys into a folder',
  flags: { out: { type: 'string' } },
  words: { min: 1, max: 1 },
  run: async ({ words: [target = ''], flags, clientConfig, print }) => {
    const { out } = flags;
    if (typeof out !== 'string' || out === '') throw usage('--out says where the files go.');
    const path = `/api/v1/targets/${encodeURIComponent(target)}/credentials`;
    await writeCredentials(out, await getJson(clientConfig(), path, Credentials));
    print(`${out}: ${FILES.join(', ')}`);
    return 0;
  },
};

/** Writes the five files; the keys for their owner only. */
export async function writeCredentials(folder: string, published: PublishedCredentials): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of FILES) {
    await writeFile(join(folder, name), published[name], { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  }
}
