import { join } from 'node:path';
import { type Around, MEASURED_CORE } from './gateway-around.ts';
import { GatewaySite } from './gateway-site.ts';
import { PROXY_V2_BYTES, startHaproxy } from './haproxy.ts';
import { BenchProgram } from './programs.ts';
import { cpuSeconds, interleaved, median, printFigure } from './report.ts';

const ROUNDS = 15;
const ATTEMPTS = 1500;
const LANES = 64;
const WARM_UP_ROUNDS = 4;

/** CPU per attempt of three ways to a sink, in turn, each alone on one core: all of a gateway, its forwarding alone, and HAProxy. */
export async function printCost({ crowd, guest, sinks }: Around): Promise<void> {
  const site = await GatewaySite.open(guest);
  const forwarding = BenchProgram.node(join(import.meta.dirname, 'forward.ts'), [String(guest)], {
    core: MEASURED_CORE,
  });
  const haproxy = await startHaproxy(await sinks.open(PROXY_V2_BYTES), MEASURED_CORE);
  try {
    const gateway = await site.start('gateway', MEASURED_CORE);
    const forwardPort = Number(await forwarding.line());
    const rates = new Map<string, number[]>();
    const contender = (name: string, pid: number, port: number) => async () => {
      const before = cpuSeconds(pid);
      const { good, seconds } = await crowd.run({ kind: 'lanes', port, lanes: LANES, attempts: ATTEMPTS });
      rates.set(name, [...(rates.get(name) ?? []), good / seconds]);
      return ((cpuSeconds(pid) - before) / good) * 1e6;
    };
    const contenders = {
      gateway: contender('gateway', gateway.pid, site.port),
      forwarding: contender('forwarding', forwarding.pid, forwardPort),
      haproxy: contender('haproxy', haproxy.pid, haproxy.port),
    };
    // Node compiles while it warms up; that is no cost of an attempt.
    await interleaved(WARM_UP_ROUNDS, contenders);
    const micros = await interleaved(ROUNDS, contenders);
    const line = (what: string, name: keyof typeof micros) => {
      printFigure(`CPU per attempt, ${what}`, `${micros[name].toFixed(0)} µs`);
      printFigure(`attempts/s, ${what}`, median(rates.get(name) ?? []).toFixed(0));
    };
    line('gateway', 'gateway');
    line('its forwarding alone', 'forwarding');
    line(`HAProxy ${haproxy.version}`, 'haproxy');
    const tax = micros.gateway - micros.forwarding;
    printFigure('logging tax', `${tax.toFixed(0)} µs`, { text: '≤ 60 µs', met: tax <= 60 });
    const capacity = 1e6 / micros.gateway;
    printFigure('attempts/s that one core pays for', capacity.toFixed(0), { text: '≥ 4000', met: capacity >= 4000 });
  } finally {
    await haproxy.stop();
    await forwarding.stop();
    await site.close();
  }
}
