/** Writes the tables of docs/operations.md anew: `node infra/docs/write-operations.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillTables } from './operations-tables.ts';

const path = join(import.meta.dirname, '../../docs/operations.md');
writeFileSync(path, fillTables(readFileSync(path, 'utf8')));
