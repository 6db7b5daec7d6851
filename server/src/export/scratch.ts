import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Scratch } from './formats/format.ts';

/** Lines in files of a folder of their own, which is made when it is first needed. */
export class FolderScratch implements Scratch {
  readonly #folder: string;
  #bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(name: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = createWriteStream(join(this.#folder, name), { mode: 0o600 });
    await pipeline(Readable.from(withEnds(lines)), file);
    this.#bytes += file.bytesWritten;
  }

  /** All that it has written. */
  get bytes(): number {
    return this.#bytes;
  }

  read(name: string): AsyncIterable<string> {
    return linesOf(createReadStream(join(this.#folder, name), 'utf8'));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function* withEnds(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string, void, void> {
  for await (const line of lines) yield `${line}\n`;
}

/** Lines end at a line feed and nowhere else: other ends of lines that Unicode knows may stand in them. */
async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
