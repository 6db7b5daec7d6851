import pg from 'pg';
import { until } from '../../../server/src/testing/until.ts';
import { type Around, MEASURED_CORE, OTHER_CORE } from './gateway-around.ts';
import { GatewaySite } from './gateway-site.ts';
import { ownPostgres } from './own-postgres.ts';
import { cpuSeconds, printFigure } from './report.ts';

const SECONDS = 60;
const LANES = 64;
const CATCH_UP_DEADLINE_MS = 900_000;
const PROCESSES = ['gateway', 'ingest', 'PostgreSQL'] as const;

/** A minute of gateway, ingest and PostgreSQL together, and whether every attempt has its row in the end. */
export async function printMinute({ crowd, guest }: Around): Promise<void> {
  const postgres = await ownPostgres();
  const site = await GatewaySite.open(guest);
  const client = new pg.Client({ connectionString: postgres.url });
  try {
    const ingest = await site.start('ingest', OTHER_CORE, { PINATA_DATABASE_URL: postgres.url });
    const gateway = await site.start('gateway', MEASURED_CORE);
    await client.connect();
    const cpu = () => ({
      gateway: cpuSeconds(gateway.pid),
      ingest: cpuSeconds(ingest.pid),
      PostgreSQL: postgres.cpuSeconds(),
    });
    const before = cpu();
    const load = await crowd.run({ kind: 'lanes', port: site.port, lanes: LANES, seconds: SECONDS });
    const [meanwhile, endedMs, early] = [cpu(), performance.now(), await countRows(client)];
    await until('rows', async () => (await countRows(client)).rows >= load.good, CATCH_UP_DEADLINE_MS);
    const [end, late, lateSeconds] = [cpu(), await countRows(client), (performance.now() - endedMs) / 1000];

    const rate = load.good / load.seconds;
    printFigure(`attempts in ${SECONDS} s, all at work`, String(load.good));
    printFigure('attempts/s', rate.toFixed(0), { text: '≥ 4000', met: rate >= 4000 });
    for (const name of PROCESSES) {
      printFigure(`cores taken meanwhile, ${name}`, ((meanwhile[name] - before[name]) / load.seconds).toFixed(2));
    }
    printFigure('cores taken meanwhile, generator', (load.cpuSeconds / load.seconds).toFixed(2));
    printFigure('rows at the end of the load', String(early.rows));
    printFigure('rows/s from then on', ((load.good - early.rows) / lateSeconds).toFixed(0));
    for (const name of ['ingest', 'PostgreSQL'] as const) {
      printFigure(`CPU per row, ${name}`, `${(((end[name] - before[name]) / load.good) * 1e6).toFixed(0)} µs`);
    }
    const [lost, doubled] = [load.good - late.attempts, late.rows - late.attempts];
    printFigure('rows lost / doubled', `${lost} / ${doubled}`, { text: '0 / 0', met: lost === 0 && doubled === 0 });
  } finally {
    await client.end();
    await site.close();
    await postgres.stop();
  }
}

async function countRows(client: pg.Client): Promise<{ rows: number; attempts: number }> {
  const { rows } = await client.query<{ rows: number; attempts: number }>(
    `select count(*)::int as rows, count(distinct id)::int as attempts
       from attempt where superseded_change is null and not self_test`,
  );
  return rows[0] ?? { rows: 0, attempts: 0 };
}
