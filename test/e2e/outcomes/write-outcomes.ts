import { writeFileSync } from 'node:fs';
import { outcomesDocument } from './document.ts';

writeFileSync(new URL('../../../docs/outcomes.md', import.meta.url), outcomesDocument());
