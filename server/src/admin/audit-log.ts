import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { type AuditHead, type AuditStatement, chainEntry, headOf } from './audit-chain.ts';

const FILE_MODE = 0o600;

/** The organisers' log: a file that is only ever appended to, flushed with each entry. */
export class AuditLog {
  readonly #path: string;
  readonly #file: FileHandle;
  #head: AuditHead;
  #appending: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle, head: AuditHead) {
    this.#path = path;
    this.#file = file;
    this.#head = head;
  }

  /** Opens it, and goes on from its last whole line. What a crash left half written is cut off: nothing was done on its account. */
  static async open(path: string): Promise<AuditLog> {
    const text = await readFile(path, 'utf8').catch(emptyIfMissing);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
    return new AuditLog(path, await open(path, 'a', FILE_MODE), headOf(linesOf(whole)));
  }

  get head(): AuditHead {
    return this.#head;
  }

  /** Appends an entry. The promise is kept once it is on the disk. */
  append(statement: AuditStatement): Promise<void> {
    const appended = this.#appending.then(async () => {
      const { line, head } = chainEntry(this.#head, statement);
      await this.#file.appendFile(`${line}\n`);
      await this.#file.datasync();
      this.#head = head;
    });
    this.#appending = appended.catch(() => {});
    return appended;
  }

  /** All entries, as they stand in the file. */
  async lines(): Promise<string[]> {
    await this.#appending;
    return linesOf(await readFile(this.#path, 'utf8'));
  }

  async close(): Promise<void> {
    await this.#appending;
    await this.#file.close();
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
