import type { PublicAttempt } from '../project.ts';
import type { Format } from './format.ts';
import { textEncoder } from './text-encoder.ts';

/** One attempt a line, keys in the order of the schema. */
export function jsonLine(attempt: PublicAttempt): string {
  return `${JSON.stringify(attempt)}\n`;
}

export const jsonl: Format = {
  name: 'jsonl',
  extension: 'jsonl',
  chunkRows: 2_000,
  pageRows: 1_000,
  open: () => textEncoder({ head: '', text: jsonLine }),
};
