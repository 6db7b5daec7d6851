import { runProcess } from '../process.ts';
import { startIngest } from './start.ts';

await runProcess('ingest', startIngest);
