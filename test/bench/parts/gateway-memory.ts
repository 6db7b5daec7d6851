import { type Around, MEASURED_CORE } from './gateway-around.ts';
import { GatewaySite } from './gateway-site.ts';
import { peakMiB, printFigure } from './report.ts';

const IDLE = 5000;

/** Memory of a gateway with many connections that say nothing. */
export async function printMemory({ crowd, guest }: Around): Promise<void> {
  const site = await GatewaySite.open(guest);
  try {
    const gateway = await site.start('gateway', MEASURED_CORE);
    await crowd.run({ kind: 'hold', port: site.port, connections: IDLE });
    const megabytes = (peakMiB(gateway.pid) * (1 << 20)) / 1e6;
    const goal = { text: '< 300 MB', met: megabytes < 300 };
    printFigure(`memory at its peak, ${IDLE} idle connections`, `${megabytes.toFixed(0)} MB`, goal);
    await crowd.run({ kind: 'hold', port: site.port, connections: 0 });
  } finally {
    await site.close();
  }
}
