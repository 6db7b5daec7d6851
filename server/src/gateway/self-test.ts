import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import type { Logger } from 'pino';
import type { Spool } from '../spool/spool.ts';
import { newAttemptId, nowMicros } from '../wire/ids.ts';
import type { Entrance } from './entrance.ts';
import { streamPair } from './stream-pair.ts';
import type { Targets } from './targets.ts';

export interface SelfTestOptions {
  entrance: Entrance;
  targets: Targets;
  spool: Spool;
  everyMs: number;
  log: Logger;
}

/**
 * Tries a target as an attacker would, through the same path and into the same record: its client role is relayed into its server role,
 * which must end in a release to itself, and one connection comes without a certificate, which must be refused. What became of them
 * is for the record to say; the ids are registered beforehand, so that nobody else's attempt can pass for one of these.
 */
export class SelfTest {
  readonly #options: SelfTestOptions;
  readonly #timer: NodeJS.Timeout;
  #testedBoot: string | null = null;
  #stopped = false;

  /** Runs for each boot once its guest is ready, and again at intervals. */
  constructor(options: SelfTestOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.run(), options.everyMs);
    options.targets.onChange(() => {
      const bootId = options.targets.guest(options.entrance.target)?.bootId ?? null;
      if (bootId !== null && bootId !== this.#testedBoot) this.run();
    });
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  run(): void {
    const { entrance, targets, spool, log } = this.#options;
    const { target } = entrance;
    const bootId = targets.guest(target)?.bootId;
    if (bootId === undefined || this.#stopped) return;
    this.#testedBoot = bootId;
    const t = nowMicros();
    const pair = `self-test-${randomBytes(8).toString('hex')}`;
    const [serverId, clientId, noCertificateId] = [newAttemptId(t), newAttemptId(t), newAttemptId(t)];
    spool.append({ kind: 'self_test', t, target, bootId, pair, serverId, clientId, noCertificateId });
    const isRegistered = spool.flush();
    const isStarted = isRegistered && this.#relay(serverId, clientId, pair) && this.#refused(noCertificateId, pair);
    if (isStarted) log.info({ target, bootId, pair }, 'self-test started');
    else log.error({ target, bootId, pair }, 'no room in the spool for a self-test');
  }

  #relay(serverId: string, clientId: string, pair: string): boolean {
    const { entrance } = this.#options;
    const [towardsServer, towardsClient] = streamPair();
    const isWhole =
      entrance.admitSelfTest(towardsServer, serverId, 'server', pair) &&
      entrance.admitSelfTest(towardsClient, clientId, 'client', pair);
    if (!isWhole) towardsServer.destroy();
    return isWhole;
  }

  #refused(id: string, pair: string): boolean {
    const [outside, inside] = streamPair();
    if (!this.#options.entrance.admitSelfTest(outside, id, 'server', pair)) return false;
    // Who the server is does not matter here: the guest must refuse a client without a certificate.
    const client = connect({ socket: inside, rejectUnauthorized: false, minVersion: 'TLSv1.3', servername: 'pinata' });
    client.on('error', () => client.destroy());
    client.on('end', () => client.end());
    client.resume();
    return true;
  }
}
