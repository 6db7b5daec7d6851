import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { BlockList } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { LatestFollower } from '../latest/follower.ts';
import type { Ban } from '../wire/bans.ts';
import { type Micros, nowMicros } from '../wire/ids.ts';

const FILE_MODE = 0o600;

/**
 * Who is not let in, as ingest said last. While ingest is away, and over a restart of this process, that holds: it is kept in a file.
 * A ban ends by the clock alone.
 */
export class Bans {
  readonly #path: string;
  readonly #log: Pick<Logger, 'error'>;
  readonly #now: () => Micros;
  #bans: Ban[];
  #list = new BlockList();
  #nextEndUs = Number.POSITIVE_INFINITY;
  #follower: LatestFollower | null = null;

  /** `folder` is this gateway's own. */
  constructor(folder: string, log: Pick<Logger, 'error'>, now: () => Micros = nowMicros) {
    this.#path = join(folder, 'bans.json');
    this.#log = log;
    this.#now = now;
    this.#bans = this.#load();
    this.#build();
  }

  /** `ip` as the attacker would write it. */
  has(ip: string): boolean {
    if (this.#bans.length === 0) return false;
    if (this.#now() >= this.#nextEndUs) this.#build();
    return this.#list.check(ip, ip.includes(':') ? 'ipv6' : 'ipv4');
  }

  /** Follows what ingest says on this socket, until it is stopped. */
  follow(socketPath: string): void {
    this.#follower = new LatestFollower(socketPath, line => this.#take(line));
    this.#follower.start();
  }

  stop(): void {
    this.#follower?.stop();
  }

  #take(line: string): void {
    const said = readList(line);
    if (!said) return;
    this.#bans = said;
    this.#build();
    try {
      writeFileSync(`${this.#path}.new`, line, { mode: FILE_MODE });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#log.error({ err: error }, 'the bans could not be kept');
    }
  }

  #build(): void {
    const now = this.#now();
    this.#bans = this.#bans.filter(({ untilUs }) => untilUs > now);
    this.#nextEndUs = Math.min(...this.#bans.map(({ untilUs }) => untilUs));
    this.#list = new BlockList();
    for (const { network } of this.#bans) {
      const [address = '', prefix] = network.split('/');
      this.#list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
    }
  }

  #load(): Ban[] {
    try {
      return readList(readFileSync(this.#path, 'utf8')) ?? [];
    } catch {
      return [];
    }
  }
}

/** The socket is open to ingest's uid alone: that the shape is right is check enough. */
function readList(line: string): Ban[] | null {
  try {
    const said: unknown = JSON.parse(line);
    const isList = typeof said === 'object' && said !== null && 'bans' in said && Array.isArray(said.bans);
    return isList ? (said.bans as Ban[]) : null;
  } catch {
    return null;
  }
}
