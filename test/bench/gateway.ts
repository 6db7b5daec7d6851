import { ensureTools } from '../../server/src/up/tools.ts';
import { startAround } from './parts/gateway-around.ts';
import { printCost } from './parts/gateway-cost.ts';
import { printLatency } from './parts/gateway-latency.ts';
import { printMemory } from './parts/gateway-memory.ts';
import { printMinute } from './parts/gateway-minute.ts';
import { printMachine, printOthers } from './parts/report.ts';

/**
 * One gateway process under a load of short attempts, a ClientHello in and a server's flight back, with a sink in place of the guest. What
 * an attempt costs beside the gateway's own forwarding alone and beside HAProxy; what time it adds; memory; and for a minute with
 * ingest and PostgreSQL, whether every attempt has its row.
 */
await ensureTools([{ program: 'haproxy', debian: 'haproxy' }], line => console.log(line));
printMachine('gateway');
await printOthers();
const around = await startAround();
try {
  await printCost(around);
  await printLatency(around);
  await printMemory(around);
  await printMinute(around);
} finally {
  await around.stop();
}
