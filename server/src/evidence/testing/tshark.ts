import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DEADLINE_MS = 60_000;
const OUTPUT_MAX_BYTES = 256 << 20;

/** Checksums are wrong unless they are right. */
const STRICT = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];

/** What tshark prints of a capture. */
export async function tshark(capture: Uint8Array, ...options: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-capture-'));
  try {
    const file = join(folder, 'capture.pcapng');
    await writeFile(file, capture);
    const { stdout } = await run('tshark', ['-n', '-r', file, ...STRICT, ...options], {
      timeout: DEADLINE_MS,
      maxBuffer: OUTPUT_MAX_BYTES,
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The values of each field, packet by packet. Those of a field that a packet has several times are joined by commas. */
export async function fieldsOf<F extends string>(
  capture: Uint8Array,
  fields: readonly F[],
  ...options: string[]
): Promise<Record<F, string>[]> {
  const wanted = fields.flatMap(field => ['-e', field]);
  const text = await tshark(capture, '-T', 'fields', '-E', 'separator=|', ...wanted, ...options);
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const values = line.split('|');
      return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? ''])) as Record<F, string>;
    });
}

const DUMP_LINE = /^([0-9a-f]{4,8}) {2}((?:[0-9a-f]{2} )+)/;

/** All bytes that tshark has of a capture: of each packet, and of what it put together and what it decrypted. */
export async function everySource(capture: Uint8Array): Promise<Buffer> {
  const lines = (await tshark(capture, '-x')).split('\n');
  const bytes = lines.map(line => DUMP_LINE.exec(line)?.[2]?.replaceAll(' ', '') ?? '');
  return Buffer.from(bytes.join(''), 'hex');
}

/** Both directions of connections as tshark puts them together, by `tcp.stream`. */
export async function followed(
  capture: Uint8Array,
  streams: number,
): Promise<{ initiator: Buffer; answerer: Buffer }[]> {
  const taps = Array.from({ length: streams }, (_, stream) => ['-z', `follow,tcp,raw,${stream}`]).flat();
  const text = await tshark(capture, '-q', ...taps);
  const conversations = new Map(
    text.split('Follow: tcp,raw\n').map(part => [Number(/^Filter: tcp.stream eq (\d+)$/m.exec(part)?.[1]), part]),
  );
  return Array.from({ length: streams }, (_, stream) => {
    const lines = (conversations.get(stream) ?? '').split('\n').filter(line => /^\t?[0-9a-f]+$/.test(line));
    const side = (isAnswer: boolean) =>
      Buffer.from(
        lines
          .filter(line => line.startsWith('\t') === isAnswer)
          .join('')
          .replaceAll('\t', ''),
        'hex',
      );
    return { initiator: side(false), answerer: side(true) };
  });
}
