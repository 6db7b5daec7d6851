import type { Scratch } from './format.ts';

/** Files that are open at a time. */
const OPEN_MAX = 64;

/** What becomes of lines from several runs that are about the same thing. */
export interface Joining {
  readonly sameKey: (one: string, other: string) => boolean;
  readonly join: (one: string, other: string) => string;
}

/** The lines of sorted runs as one sorted run, those with the same key joined. In memory is one line of each. */
export async function* mergeRuns(
  scratch: Scratch,
  names: readonly string[],
  joining: Joining,
): AsyncGenerator<string, void, void> {
  let left = [...names];
  for (let round = 0; left.length > OPEN_MAX; round++) {
    const merged: string[] = [];
    for (let at = 0; at < left.length; at += OPEN_MAX) {
      const name = `merged-${round}-${at}`;
      await scratch.write(name, mergeSome(scratch, left.slice(at, at + OPEN_MAX), joining));
      merged.push(name);
    }
    left = merged;
  }
  yield* mergeSome(scratch, left, joining);
}

async function* mergeSome(
  scratch: Scratch,
  names: readonly string[],
  { sameKey, join }: Joining,
): AsyncGenerator<string, void, void> {
  const heads = await Promise.all(names.map(name => Head.of(scratch.read(name))));
  let current: string | null = null;
  for (;;) {
    const least = leastOf(heads);
    if (!least) break;
    if (current === null) current = least.line;
    else if (sameKey(current, least.line)) current = join(current, least.line);
    else {
      yield current;
      current = least.line;
    }
    await least.advance();
  }
  if (current !== null) yield current;
}

/** A run, and the line in front. */
class Head {
  readonly #lines: AsyncIterator<string>;
  line = '';
  isOver = false;

  private constructor(lines: AsyncIterator<string>) {
    this.#lines = lines;
  }

  static async of(lines: AsyncIterable<string>): Promise<Head> {
    const head = new Head(lines[Symbol.asyncIterator]());
    await head.advance();
    return head;
  }

  async advance(): Promise<void> {
    const next = await this.#lines.next();
    this.isOver = next.done === true;
    this.line = next.done ? '' : next.value;
  }
}

function leastOf(heads: readonly Head[]): Head | undefined {
  return heads.reduce<Head | undefined>(
    (least, head) => (head.isOver || (least && least.line <= head.line) ? least : head),
    undefined,
  );
}
