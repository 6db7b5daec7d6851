/** Writes the dashboard's types anew: `node infra/api/write-dashboard-types.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardTypes } from './dashboard-types.ts';
import { readApiDocument } from './document.ts';

const path = join(import.meta.dirname, '../../dashboard/src/lib/generated/api.ts');
writeFileSync(path, dashboardTypes(await readApiDocument()));
