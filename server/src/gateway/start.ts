import type { Logger } from 'pino';
import type { Config, Settings } from '../config.ts';
import type { Running } from '../process.ts';
import { startBeat } from '../spool/beat.ts';
import { openSpool, type Spool } from '../spool/spool.ts';
import type { Channel } from '../wire/facts.ts';
import { nowMicros } from '../wire/ids.ts';
import { Bans } from './bans.ts';
import { CallbackDialler } from './callback-dialler.ts';
import { Entrance } from './entrance.ts';
import { GuestDialler } from './guest-dialler.ts';
import { type Leftovers, serveLeftovers } from './leftovers.ts';
import { placeLimits } from './places.ts';
import { Pool } from './pool.ts';
import { Refusals } from './refusals.ts';
import { SelfTest } from './self-test.ts';
import { partOf, type Share } from './share.ts';
import { Targets } from './targets.ts';
import { EVERY_BODY, type WithheldBodies, WithheldHashes } from './withheld-hashes.ts';

const GRACE_MS = 2000;
const GRACE_CHECK_MS = 20;
const MIB = 1 << 20;

/** The part of the spool that practice leaves free for prize. */
const PRACTICE_LEAVES = 1 / 4;

/** Where a gateway listens, per target. */
export interface RunningGateway extends Running {
  readonly ports: ReadonlyMap<string, Record<Channel, number>>;
}

/**
 * Starts the gateway, or one of several: opens its spool, listens on the ports of all targets, follows the supervisor. Of several, the
 * first does what is done once: self-tests, and the spools of those that there are no more.
 */
export async function startGateway(config: Config, log: Logger): Promise<RunningGateway> {
  const { settings, layout } = config;
  const share: Share = { number: config.gatewayNumber, of: settings.PINATA_GATEWAY_PROCESSES };
  const place = layout.gateways[share.number - 1];
  if (!place) throw new RangeError(`no gateway has the number ${share.number}`);
  const { name, folder } = place;
  const capBytes = settings.PINATA_SPOOL_MIB * MIB;
  const spool = await openSpool({
    folder,
    name,
    capBytes,
    onTrouble: error => log.error({ err: error }, 'the spool is in trouble'),
  });
  spool.append({ kind: 'started', t: nowMicros() });
  const targets = new Targets(layout.sockets.targets);
  const refusals = new Refusals(fact => spool.append(fact));
  const callbacks = new CallbackDialler({ port: settings.PINATA_CALLBACK_PORT, lab: settings.PINATA_LAB, share });
  const bans = new Bans(folder, log);
  const entrances = entrancesOf(settings, spool, share, { targets, refusals, bans, callbacks, log });
  let leftovers: Leftovers | null = null;
  const close = async () => {
    for (const entrance of entrances) entrance.close();
    targets.stop();
    bans.stop();
    refusals.stop();
    await leftovers?.stop();
  };
  try {
    for (const entrance of entrances) await entrance.open();
    await spool.serve(place.socket);
    if (share.number === 1) leftovers = await serveLeftovers(layout.gateways.slice(share.of), capBytes);
  } catch (error) {
    await close();
    await spool.close();
    throw error;
  }
  const stopBeat = startBeat(spool);
  const everyMs = settings.PINATA_SELF_TEST_S * 1000;
  const tested = share.number === 1 ? entrances : [];
  const selfTests = tested.map(entrance => new SelfTest({ entrance, targets, spool, everyMs, log }));
  targets.start();
  bans.follow(layout.sockets.bans);

  const stop = async () => {
    for (const selfTest of selfTests) selfTest.stop();
    for (const entrance of entrances) entrance.close();
    const deadline = Date.now() + GRACE_MS;
    while (entrances.some(entrance => entrance.openAttempts > 0) && Date.now() < deadline) await pause(GRACE_CHECK_MS);
    for (const entrance of entrances) entrance.abortAll();
    stopBeat();
    await close();
    await spool.close();
  };
  let stopping: Promise<void> | undefined;
  return {
    ports: new Map(entrances.map(entrance => [entrance.target, entrance.ports])),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

interface Shared {
  targets: Targets;
  refusals: Refusals;
  bans: Bans;
  callbacks: CallbackDialler;
  log: Logger;
}

function entrancesOf(settings: Settings, spool: Spool, share: Share, shared: Shared): Entrance[] {
  const places = [
    { target: 'prize', first: settings.PINATA_PRIZE_PORT, variable: 'PINATA_PRIZE_PORT', isPrize: true },
    { target: 'practice', first: settings.PINATA_PRACTICE_PORT, variable: 'PINATA_PRACTICE_PORT', isPrize: false },
  ];
  const part = (limit: number) => partOf(limit, share);
  const perNetwork = part(settings.PINATA_PLACES_PER_NETWORK);
  const limits = placeLimits({ perNetwork, graceMs: settings.PINATA_GRACE_MS });
  return places.map(({ target, first, variable, isPrize }) => {
    const pool = new Pool({
      perAddress: part(settings.PINATA_CAP_PER_ADDRESS),
      perNetwork: part(settings.PINATA_CAP_PER_NETWORK),
      ratePerMinute: part(settings.PINATA_RATE_PER_ADDRESS),
      server: part(settings.PINATA_CAP_SERVER),
      client: part(settings.PINATA_CAP_CLIENT),
      // An equal share each: then one target's flood leaves the other's places alone.
      total: part(Math.max(1, Math.floor(settings.PINATA_CAP_GLOBAL / places.length))),
      graceMs: settings.PINATA_GRACE_MS,
    });
    return new Entrance({
      ...shared,
      target,
      host: settings.PINATA_ATTACK_HOST,
      ports: threePorts(first),
      reusePort: share.of > 1,
      variable,
      spool,
      leaveBytes: isPrize ? 0 : settings.PINATA_SPOOL_MIB * MIB * PRACTICE_LEAVES,
      withheld: isPrize ? withheldBodies(share) : null,
      pool,
      dialler: new GuestDialler(shared.targets, target, { limits, share }),
    });
  });
}

function withheldBodies({ of }: Share): WithheldBodies {
  return of === 1 ? new WithheldHashes() : EVERY_BODY;
}

/** The first of three ports; 0 means any three free ones. */
function threePorts(first: number): Record<Channel, number> {
  const port = (offset: number) => (first === 0 ? 0 : first + offset);
  return { server: port(0), callback: port(1), client: port(2) };
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
