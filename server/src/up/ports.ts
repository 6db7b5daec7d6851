import type { SettingName, Settings } from '../config.ts';
import { PinataError } from '../errors.ts';
import { freePorts, listenOnce } from './free-port.ts';

export interface WantedPort {
  readonly variable: SettingName;
  readonly host: string;
  readonly port: number;
  readonly what: string;
}

const DATABASE_HOST = '127.0.0.1';
const TARGET_PORTS = ['server role', 'connect-back', 'client role'];

/** Every TCP port that an installation with these settings listens on. */
export function wantedPorts(settings: Settings): WantedPort[] {
  const target = (variable: 'PINATA_PRIZE_PORT' | 'PINATA_PRACTICE_PORT', name: string): WantedPort[] =>
    TARGET_PORTS.map((role, index) => ({
      variable,
      host: settings.PINATA_ATTACK_HOST,
      port: settings[variable] + index,
      what: `${name}, ${role}`,
    }));
  const database: WantedPort = {
    variable: 'PINATA_POSTGRES_PORT',
    host: DATABASE_HOST,
    port: settings.PINATA_POSTGRES_PORT,
    what: 'PostgreSQL',
  };
  return [
    {
      variable: 'PINATA_HTTP_PORT',
      host: settings.PINATA_HOST,
      port: settings.PINATA_HTTP_PORT,
      what: 'dashboard and API',
    },
    ...target('PINATA_PRIZE_PORT', 'prize'),
    ...target('PINATA_PRACTICE_PORT', 'practice'),
    ...(settings.PINATA_DATABASE_URL === '' ? [database] : []),
  ];
}

/** Throws PORT_IN_USE for the first port that somebody else has, before anything is started. */
export async function checkPorts(ports: readonly WantedPort[]): Promise<void> {
  for (const [index, { variable, host, port, what }] of ports.entries()) {
    const twin = ports.slice(0, index).find(other => other.port === port && other.host === host);
    const free = await listenOnce(host, port).catch((error: Error) => {
      throw new PinataError('CONFIG_INVALID', { name: variable, why: error.message }, { cause: error });
    });
    if (twin || free === null) {
      const taken = twin ? `${what}; also wanted for ${twin.what}` : what;
      throw new PinataError('PORT_IN_USE', { port, host, what: taken, variable });
    }
  }
}

/** Replaces each port setting that is 0 by free ports. */
export async function choosePorts(settings: Settings): Promise<Settings> {
  const choose = async (given: number, host: string, count: number) => given || (await freePorts(host, count));
  const { PINATA_HOST, PINATA_ATTACK_HOST } = settings;
  const targetPorts = TARGET_PORTS.length;
  return Object.freeze({
    ...settings,
    PINATA_HTTP_PORT: await choose(settings.PINATA_HTTP_PORT, PINATA_HOST, 1),
    PINATA_PRIZE_PORT: await choose(settings.PINATA_PRIZE_PORT, PINATA_ATTACK_HOST, targetPorts),
    PINATA_PRACTICE_PORT: await choose(settings.PINATA_PRACTICE_PORT, PINATA_ATTACK_HOST, targetPorts),
    PINATA_POSTGRES_PORT: await choose(settings.PINATA_POSTGRES_PORT, DATABASE_HOST, 1),
  });
}
