import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pcapOf, SERVER_PORT, type Segment } from './pcap.ts';

const run = promisify(execFile);
const DEADLINE_MS = 60_000;

/** The values of each field, in order over its packets; where one packet has several they are separate values. */
export type Fields = Record<string, string[]>;

/** Dissects connections with tshark, both directions of each together. */
export async function dissect(
  connections: readonly (readonly Segment[])[],
  fields: readonly string[],
): Promise<Fields[]> {
  const sides = await dissectSides(connections, fields);
  return sides.map(({ all }) => all);
}

/** What tshark finds in each direction of a connection, and in both as they alternate. */
export interface Sides {
  in: Fields;
  out: Fields;
  all: Fields;
}

/** Dissects connections with tshark. Values that hold a comma come in parts. */
export async function dissectSides(
  connections: readonly (readonly Segment[])[],
  fields: readonly string[],
): Promise<Sides[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-tshark-'));
  try {
    const file = join(folder, 'capture.pcap');
    await writeFile(file, pcapOf(connections));
    const wanted = ['tcp.stream', 'tcp.dstport', ...fields].flatMap(field => ['-e', field]);
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

function collect(text: string, count: number, fields: readonly string[]): Sides[] {
  const none = () => Object.fromEntries(fields.map(field => [field, [] as string[]]));
  const all = Array.from({ length: count }, () => ({ in: none(), out: none(), all: none() }));
  for (const line of text.split('\n').filter(Boolean)) {
    const [stream, port, ...values] = line.split('|');
    const found = all[Number(stream)];
    if (found === undefined) throw new Error(`tshark speaks of stream ${stream}`);
    const side = Number(port) === SERVER_PORT ? found.in : found.out;
    fields.forEach((field, index) => {
      const parts = (values[index] ?? '').split(',').filter(Boolean);
      side[field]?.push(...parts);
      found.all[field]?.push(...parts);
    });
  }
  return all;
}
