import { join } from 'node:path';
import { type Config, readConfig } from '../config.ts';
import { PinataError } from '../errors.ts';
import { canReach, existingPart, sharedFolder } from './reach.ts';
import { accountsFrom } from './roles.ts';
import { toldSettings } from './running-settings.ts';

/**
 * The configuration with the data folder that is really used. As root, the processes have users of their own: where these cannot
 * reach the default folder it lies below /var/lib/pinata instead; a folder that was asked for and is out of their reach is an
 * error, DATA_UNREACHABLE.
 */
export function settleConfig(env: NodeJS.ProcessEnv): Config {
  const config = readConfig(env);
  if (process.getuid?.() !== 0) return config;
  const { PINATA_DATA, PINATA_UID_BASE } = config.settings;
  if (canReach(accountsFrom(PINATA_UID_BASE).api, [existingPart(PINATA_DATA)])) return config;
  if (env.PINATA_DATA) throw new PinataError('DATA_UNREACHABLE', { data: PINATA_DATA });
  return readConfig({ ...env, PINATA_DATA: join(sharedFolder(), 'data') });
}

/** The same for a command that talks to what runs on that folder: it finds the addresses there unless it is told others. */
export function settleClientConfig(env: NodeJS.ProcessEnv): Config {
  const { PINATA_DATA } = settleConfig(env).settings;
  return readConfig({ ...toldSettings(PINATA_DATA), ...env, PINATA_DATA });
}
