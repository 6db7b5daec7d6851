import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { PinataError } from '../errors.ts';
import { FolderScratch } from './scratch.ts';

/** How far a file is: the rows and bytes of its whole chunks, the last row in them, and what the encoder noted of the newest one. */
const Mark = Type.Object({
  rows: Type.Integer(),
  bytes: Type.Integer(),
  sha256: Type.String(),
  lastSeq: Type.Integer(),
  note: Type.String(),
});
export type Mark = Static<typeof Mark>;

interface SoFar {
  readonly hash: Hash;
  readonly bytes: number;
  readonly logBytes: number;
}

/** What was written. */
export interface Written {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * A file that is being written, beside its final place: `FILE.part` has the bytes, `FILE.part.log` says what it is of and where each whole chunk
 * ends, and `FILE.part.d` holds what an encoder puts aside. If the process is killed, another goes on after the last whole chunk.
 */
export class PartFile {
  readonly scratch: FolderScratch;
  readonly #path: string;
  readonly #data: FileHandle;
  readonly #log: FileHandle;
  readonly #hash: Hash;
  #bytes: number;
  #logBytes: number;

  private constructor(path: string, files: { data: FileHandle; log: FileHandle }, so: SoFar) {
    this.#path = path;
    this.#data = files.data;
    this.#log = files.log;
    this.#hash = so.hash;
    this.#bytes = so.bytes;
    this.#logBytes = so.logBytes;
    this.scratch = new FolderScratch(`${path}.part.d`);
  }

  /** Begins one. `subject` says what it is of. Throws EXPORT_UNFINISHED where one was left. */
  static async begin(path: string, subject: string, mode: number): Promise<PartFile> {
    const files = await openBoth(path, 'wx', mode);
    const { bytesWritten } = await files.log.write(`${subject}\n`);
    return new PartFile(path, files, { hash: createHash('sha256'), bytes: 0, logBytes: bytesWritten });
  }

  /**
   * Goes on with one; null where there is none. Throws EXPORT_CANNOT_RESUME where it is of something else, or its bytes are not those that it
   * had.
   */
  static async goOn(path: string, subject: string): Promise<{ part: PartFile; marks: Mark[] } | null> {
    const text = await readFile(logOf(path), 'utf8').catch(() => null);
    if (text === null) return null;
    const cannot = (why: string) => new PinataError('EXPORT_CANNOT_RESUME', { path: partOf(path), why });
    const [first, ...lines] = text.split('\n').slice(0, -1);
    if (first !== subject) throw cannot('it is of something else');
    const marks = lines.map(readMark).filter(mark => mark !== null);
    if (marks.length < lines.length) throw cannot('what is noted of it cannot be read');
    const last = marks.at(-1);
    const hash = createHash('sha256');
    const bytes = last?.bytes ?? 0;
    if (bytes > 0) for await (const chunk of createReadStream(partOf(path), { end: bytes - 1 })) hash.update(chunk);
    if (last && hash.copy().digest('hex') !== last.sha256) throw cannot('its bytes are not those that were written');
    const files = await openBoth(path, 'r+');
    await files.data.truncate(bytes);
    // A line that the end of its process cut off is written over.
    const logBytes = Buffer.byteLength([first, ...lines, ''].join('\n'));
    await files.log.truncate(logBytes);
    return { part: new PartFile(path, files, { hash, bytes, logBytes }), marks };
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#data.write(bytes, at, bytes.length - at, this.#bytes + at);
      at += bytesWritten;
    }
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  /** Says that everything so far is whole. */
  async mark(mark: Omit<Mark, 'bytes' | 'sha256'>): Promise<void> {
    const whole: Mark = { ...mark, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
    const { bytesWritten } = await this.#log.write(`${JSON.stringify(whole)}\n`, this.#logBytes);
    this.#logBytes += bytesWritten;
  }

  /** Gives the file its name, and takes away what stood beside it. */
  async finish(): Promise<Written> {
    await this.#data.sync();
    await this.#close();
    await rename(partOf(this.#path), this.#path);
    await this.#removeBeside();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#close();
    await rm(partOf(this.#path), { force: true });
    await this.#removeBeside();
  }

  /** Leaves it for another to go on with. */
  async leave(): Promise<void> {
    await this.#close();
  }

  async #close(): Promise<void> {
    await Promise.all([this.#data.close(), this.#log.close()]);
  }

  async #removeBeside(): Promise<void> {
    await this.scratch.remove();
    await rm(logOf(this.#path), { force: true });
  }
}

/** What an unfinished file is of; null where there is none. */
export async function unfinishedSubject(path: string): Promise<string | null> {
  const text = await readFile(logOf(path), 'utf8').catch(() => null);
  return text?.split('\n')[0] ?? null;
}

const partOf = (path: string): string => `${path}.part`;
const logOf = (path: string): string => `${path}.part.log`;

async function openBoth(
  path: string,
  flags: 'wx' | 'r+',
  mode?: number,
): Promise<{ data: FileHandle; log: FileHandle }> {
  const fail = (error: NodeJS.ErrnoException): never => {
    if (error.code === 'EEXIST') throw new PinataError('EXPORT_UNFINISHED', { path: partOf(path) });
    throw new PinataError('USAGE', { why: `${path} cannot be written: ${error.message}` });
  };
  const log = await open(logOf(path), flags, mode).catch(fail);
  try {
    return { data: await open(partOf(path), flags, mode), log };
  } catch (error) {
    await log.close();
    if (flags === 'wx') await rm(logOf(path));
    return fail(error instanceof Error ? error : new Error(String(error)));
  }
}

function readMark(line: string): Mark | null {
  try {
    const value: unknown = JSON.parse(line);
    return Value.Check(Mark, value) ? value : null;
  } catch {
    return null;
  }
}
