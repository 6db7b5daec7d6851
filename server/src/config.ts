import { isAbsolute, join, resolve } from 'node:path';
import { PinataError } from './errors.ts';
import { GATEWAYS_MAX, type GatewayName, gatewayName } from './wire/spools.ts';

/** The checkout (or the copy of it) that runs. */
export const HOME = resolve(import.meta.dirname, '../..');

type Kind = 'path' | 'port' | 'integer' | 'flag' | 'text' | 'host';
interface Setting {
  kind: Kind;
  fallback: string;
  help: string;
  min?: number;
  max?: number;
}

/** Every variable that the project reads. `docs/operations.md` lists the same table; a test holds the two together. */
export const SETTINGS = {
  PINATA_DATA: { kind: 'path', fallback: 'data', help: 'folder of everything that is kept' },
  PINATA_HOST: { kind: 'host', fallback: '127.0.0.1', help: 'address that dashboard and API listen on' },
  PINATA_HTTP_PORT: { kind: 'port', fallback: '8080', help: 'port of dashboard and API' },
  PINATA_ATTACK_HOST: { kind: 'host', fallback: '127.0.0.1', help: 'address that the targets listen on' },
  PINATA_PRIZE_PORT: {
    kind: 'port',
    fallback: '10000',
    help: 'first of the three ports of prize: server, callback, client',
  },
  PINATA_PRACTICE_PORT: { kind: 'port', fallback: '11000', help: 'first of the three ports of practice' },
  PINATA_CALLBACK_PORT: { kind: 'port', fallback: '40001', help: 'port that a connect-back dials on the initiator' },
  PINATA_LAB: { kind: 'flag', fallback: '1', help: 'lab mode: connect-back may dial loopback and private addresses' },
  PINATA_POSTGRES_PORT: { kind: 'port', fallback: '15432', help: 'port of the embedded PostgreSQL on 127.0.0.1' },
  PINATA_DATABASE_URL: {
    kind: 'text',
    fallback: '',
    help: 'PostgreSQL of your own, as its owner; empty: the embedded one',
  },
  PINATA_API_DATABASE_URL: { kind: 'text', fallback: '', help: 'the same database with the read-only role of the api' },
  PINATA_IMAGE: { kind: 'path', fallback: 'pinata-image/target/pinata.elf', help: 'the guest image' },
  PINATA_PRIZE_SECRET: {
    kind: 'path',
    fallback: '',
    help: 'file with the prize key (64 hex digits or WIF); empty: a demo key is made',
  },
  PINATA_NETWORK: {
    kind: 'text',
    fallback: 'mainnet',
    help: 'network of the prize address: mainnet, testnet, signet or regtest',
  },
  PINATA_ALLOW_SHARED_UID: {
    kind: 'flag',
    fallback: '0',
    help: 'accept a real secret although all processes share one user',
  },
  PINATA_ACCEL: {
    kind: 'text',
    fallback: 'auto',
    help: 'tcg, kvm, or auto: kvm where a self-test shows that it runs guest code',
  },
  PINATA_UID_BASE: {
    kind: 'integer',
    fallback: '64100',
    min: 1000,
    max: 4_000_000,
    help: 'first of 32 numeric users, when started as root',
  },
  PINATA_SPOOL_MIB: { kind: 'integer', fallback: '512', min: 16, max: 1_000_000, help: 'room of each spool on disk' },
  PINATA_GATEWAY_PROCESSES: {
    kind: 'integer',
    fallback: '1',
    min: 1,
    max: GATEWAYS_MAX,
    help: 'gateway processes that share the ports and all limits; with more than one, prize keeps no ciphertext that comes in',
  },
  PINATA_SELF_TEST_S: { kind: 'integer', fallback: '600', min: 5, max: 86_400, help: 'seconds between self-tests' },
  PINATA_PLANNED_RESTART_S: {
    kind: 'integer',
    fallback: '86400',
    min: 60,
    max: 604_800,
    help: 'seconds until a guest is restarted with new keys',
  },
  PINATA_KEEP_DAYS: {
    kind: 'integer',
    fallback: '0',
    min: 0,
    max: 36_500,
    help: 'days for which single attempts are kept; counts stay for ever; 0: attempts too',
  },
  PINATA_ADDRESS_DAYS: {
    kind: 'integer',
    fallback: '30',
    min: 1,
    max: 30,
    help: 'days after which the addresses of attempts are removed everywhere, and logs with them',
  },
  PINATA_LOG_LEVEL: { kind: 'text', fallback: 'info', help: 'level of the operator log: debug, info, warn, error' },
  PINATA_SITE: { kind: 'text', fallback: 'local', help: 'name of this installation in every record' },
  PINATA_ROUND: { kind: 'text', fallback: 'practice-round', help: 'name of the round in every record' },
  PINATA_PUBLIC_URL: {
    kind: 'text',
    fallback: '',
    help: 'address of the dashboard as the public sees it; empty: made from host and port',
  },
  PINATA_CONTACT: {
    kind: 'text',
    fallback: '',
    help: 'where to report a vulnerability, as mailto: or https: address; empty: the rules page',
  },
  PINATA_WEBHOOK_URL: {
    kind: 'text',
    fallback: '',
    help: 'http: or https: address that is told of each alarm; empty: none',
  },
  PINATA_WEBHOOK_SECRET: {
    kind: 'path',
    fallback: '',
    help: 'file with the secret that these messages are signed with (whsec_ and base64); empty: one is made',
  },
  PINATA_OPERATOR_GID: {
    kind: 'integer',
    fallback: '0',
    min: 0,
    max: 4_000_000,
    help: 'group that may use ./pinata admin besides root, when started as root; 0: none',
  },
  PINATA_TRUSTED_PROXY: {
    kind: 'text',
    fallback: '',
    help: 'addresses of proxies whose X-Forwarded-For is believed; empty: none',
  },
  PINATA_GEO_DB: { kind: 'path', fallback: '', help: 'country database (mmdb); empty: every country is Unknown' },
  PINATA_CAP_PER_ADDRESS: {
    kind: 'integer',
    fallback: '16',
    min: 1,
    max: 100_000,
    help: 'open connections per address (IPv6: /64) and target',
  },
  PINATA_CAP_PER_NETWORK: {
    kind: 'integer',
    fallback: '64',
    min: 1,
    max: 100_000,
    help: 'open connections per network (IPv4 /24, IPv6 /48) and target',
  },
  PINATA_PLACES_PER_NETWORK: {
    kind: 'integer',
    fallback: '16',
    min: 1,
    max: 100_000,
    help: 'of these, how many may be in the guest at a time; half of its places at most',
  },
  PINATA_GRACE_MS: {
    kind: 'integer',
    fallback: '3000',
    min: 100,
    max: 20_000,
    help: 'milliseconds after which whoever is slow gives way when all is taken',
  },
  PINATA_RATE_PER_ADDRESS: {
    kind: 'integer',
    fallback: '600',
    min: 1,
    max: 10_000_000,
    help: 'connections per address and minute; more are refused and summed',
  },
  PINATA_CAP_SERVER: {
    kind: 'integer',
    fallback: '512',
    min: 1,
    max: 100_000,
    help: 'open connections per target in the server role',
  },
  PINATA_CAP_CLIENT: {
    kind: 'integer',
    fallback: '256',
    min: 1,
    max: 100_000,
    help: 'open connections per target in the client role',
  },
  PINATA_CAP_GLOBAL: { kind: 'integer', fallback: '2048', min: 1, max: 1_000_000, help: 'open connections in all' },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
type ValueOf<K extends Kind> = K extends 'port' | 'integer' ? number : K extends 'flag' ? boolean : string;
export type Settings = { readonly [N in SettingName]: ValueOf<(typeof SETTINGS)[N]['kind']> };

/** Where a gateway keeps its spool, and serves it. */
export interface GatewayPlace {
  readonly name: GatewayName;
  readonly folder: string;
  readonly socket: string;
}

/** Where everything lives below the data folder. One place, so that processes agree. */
export interface Layout {
  readonly data: string;
  readonly secrets: string;
  readonly logs: string;
  readonly postgres: string;
  readonly gateway: string;
  /** Every gateway that there may be, the first one too. */
  readonly gateways: readonly GatewayPlace[];
  readonly supervisor: string;
  readonly ingest: string;
  readonly api: string;
  /** Sockets: each alone in a folder whose group may connect. */
  readonly sockets: {
    readonly gatewaySpool: string;
    readonly supervisorSpool: string;
    readonly targets: string;
    readonly supervisorControl: string;
    readonly supervisorProofs: string;
    readonly supervisorRestarts: string;
    readonly ingestControl: string;
    readonly claims: string;
    readonly bans: string;
    readonly admin: string;
  };
}

export interface Config {
  readonly settings: Settings;
  readonly layout: Layout;
  /** Which of the gateway processes this one is, from 1; it matters to no other process. */
  readonly gatewayNumber: number;
}

/** Reads the environment once. Relative paths are below `base`. Throws CONFIG_INVALID naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env, base: string = HOME): Config {
  const entries = Object.entries(SETTINGS).map(([name, setting]) => [name, parse(name, setting, env[name], base)]);
  for (const name of Object.keys(env)) {
    if (name.startsWith('PINATA_') && !(name in SETTINGS) && !INTERNAL.has(name)) {
      throw new PinataError('CONFIG_INVALID', { name, why: 'there is no such variable' });
    }
  }
  const settings = Object.freeze(Object.fromEntries(entries)) as Settings;
  const gatewayNumber = readGatewayNumber(env, settings.PINATA_GATEWAY_PROCESSES);
  return Object.freeze({ settings, layout: layoutOf(settings.PINATA_DATA), gatewayNumber });
}

/** Set by `up` for its children, or by the tests, not by people. */
const GATEWAY_NUMBER = 'PINATA_GATEWAY_NUMBER';
const INTERNAL = new Set([GATEWAY_NUMBER, 'PINATA_READY_FD', 'PINATA_ROLE_UIDS', 'PINATA_TEST_DATABASE_URL']);

function readGatewayNumber(env: NodeJS.ProcessEnv, max: number): number {
  const setting: Setting = { kind: 'integer', fallback: '1', help: '', min: 1, max };
  return Number(parse(GATEWAY_NUMBER, setting, env[GATEWAY_NUMBER], ''));
}

function parse(name: string, setting: Setting, given: string | undefined, base: string): string | number | boolean {
  const text = given === undefined || given === '' ? setting.fallback : given;
  const invalid = (why: string) => new PinataError('CONFIG_INVALID', { name, why });
  switch (setting.kind) {
    case 'path':
      return text === '' || isAbsolute(text) ? text : resolve(base, text);
    case 'flag':
      if (text !== '0' && text !== '1') throw invalid('it must be 0 or 1');
      return text === '1';
    case 'port':
    case 'integer': {
      const [min, max] =
        setting.kind === 'port' ? [0, 65535] : [setting.min ?? 0, setting.max ?? Number.MAX_SAFE_INTEGER];
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < min || value > max)
        throw invalid(`it must be a whole number from ${min} to ${max}`);
      return value;
    }
    case 'host':
    case 'text':
      return text;
  }
}

function layoutOf(data: string): Layout {
  const socket = (folder: string) => join(data, 'run', folder, 'socket');
  return Object.freeze({
    data,
    secrets: join(data, 'secrets'),
    logs: join(data, 'log'),
    postgres: join(data, 'postgres'),
    gateway: join(data, 'gateway'),
    gateways: Object.freeze(
      Array.from({ length: GATEWAYS_MAX }, (_, index) => {
        const name = gatewayName(index + 1);
        return Object.freeze({ name, folder: join(data, name), socket: socket(`${name}-spool`) });
      }),
    ),
    supervisor: join(data, 'supervisor'),
    ingest: join(data, 'ingest'),
    api: join(data, 'api'),
    sockets: Object.freeze({
      gatewaySpool: socket('gateway-spool'),
      supervisorSpool: socket('supervisor-spool'),
      targets: socket('targets'),
      supervisorControl: socket('supervisor-control'),
      supervisorProofs: socket('supervisor-proofs'),
      supervisorRestarts: socket('supervisor-restarts'),
      ingestControl: socket('ingest-control'),
      claims: socket('claims'),
      bans: socket('bans'),
      admin: socket('admin'),
    }),
  });
}
