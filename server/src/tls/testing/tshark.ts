import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pcapOf, type Segment } from './pcap.ts';

const run = promisify(execFile);
const DEADLINE_MS = 60_000;

/**
 * Dissects connections with tshark. Gives for each one the values of each field, in order over its packets; where one packet has
 * several they are separate values.
 */
export async function dissect(
  connections: readonly (readonly Segment[])[],
  fields: readonly string[],
): Promise<Record<string, string[]>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-tshark-'));
  try {
    const file = join(folder, 'capture.pcap');
    await writeFile(file, pcapOf(connections));
    const wanted = ['tcp.stream', ...fields].flatMap(field => ['-e', field]);
    const options = ['-E', 'separator=|', '-E', 'occurrence=a', '-E', 'aggregator=,'];
    const { stdout } = await run('tshark', ['-n', '-r', file, '-T', 'fields', ...wanted, ...options], {
      timeout: DEADLINE_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    return collect(stdout, connections.length, fields);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function collect(text: string, count: number, fields: readonly string[]): Record<string, string[]>[] {
  const all = Array.from({ length: count }, () => Object.fromEntries(fields.map(field => [field, [] as string[]])));
  for (const line of text.split('\n').filter(Boolean)) {
    const [stream, ...values] = line.split('|');
    const found = all[Number(stream)];
    if (found === undefined) throw new Error(`tshark speaks of stream ${stream}`);
    fields.forEach((field, index) => {
      found[field]?.push(...(values[index] ?? '').split(',').filter(Boolean));
    });
  }
  return all;
}
