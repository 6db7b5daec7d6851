import { runProcess } from '../process.ts';
import { startSupervisor } from './start.ts';

await runProcess('supervisor', startSupervisor);
