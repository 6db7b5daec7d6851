import { runProcess } from '../process.ts';
import { startGateway } from './start.ts';

await runProcess('gateway', startGateway);
