import { runUp } from './up/run.ts';

// A reader that has had enough (`| head`) is no reason to fall.
process.stdout.on('error', () => undefined);
process.exitCode = await runUp(process.env);
