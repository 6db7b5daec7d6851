import { type Around, MEASURED_CORE } from './gateway-around.ts';
import { GatewaySite } from './gateway-site.ts';
import { interleaved, printFigure } from './report.ts';

const ROUNDS = 5;
const PER_SECOND = 1000;
const SECONDS = 3;

/** What a gateway adds to the time of an attempt, at a steady rate of new ones. */
export async function printLatency({ crowd, guest, sinks }: Around): Promise<void> {
  const site = await GatewaySite.open(guest);
  const direct = await sinks.open(0);
  try {
    await site.start('gateway', MEASURED_CORE);
    const p99 = (port: number) => async () =>
      (await crowd.run({ kind: 'rate', port, perSecond: PER_SECOND, seconds: SECONDS })).p99Ms;
    const contenders = { gateway: p99(site.port), direct: p99(direct) };
    await interleaved(1, contenders);
    const slow = await interleaved(ROUNDS, contenders);
    const added = slow.gateway - slow.direct;
    printFigure(`p99 at ${PER_SECOND} attempts/s, straight to the sink`, `${slow.direct.toFixed(1)} ms`);
    printFigure('p99 through the gateway', `${slow.gateway.toFixed(1)} ms`);
    printFigure('added p99', `${added.toFixed(1)} ms`, { text: '≤ 10 ms', met: added <= 10 });
  } finally {
    await site.close();
  }
}
