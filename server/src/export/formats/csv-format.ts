import { csvHeader, csvLine } from '../csv.ts';
import type { PublicAttempt } from '../project.ts';
import type { Format } from './format.ts';
import { textEncoder } from './text-encoder.ts';

export const csv: Format = {
  name: 'csv',
  extension: 'csv',
  chunkRows: 2_000,
  pageRows: 1_000,
  open: () => textEncoder({ head: csvHeader(), text: (attempt: PublicAttempt) => csvLine(attempt) }),
};
