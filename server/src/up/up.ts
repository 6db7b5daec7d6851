import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { PinataError } from '../errors.ts';
import { buildAll } from './build.ts';
import { settleConfig } from './data-folder.ts';
import { makeFolders, planFolders } from './folders.ts';
import { type Lock, lockHolder, tryLock } from './lock.ts';
import { keepLogsYoung } from './log-ageing.ts';
import { checkPorts, choosePorts, wantedPorts } from './ports.ts';
import { Processes } from './processes.ts';
import { settleProgram } from './program.ts';
import { accountsFrom } from './roles.ts';
import { tellSettings } from './running-settings.ts';
import type { Screen } from './screen.ts';
import { checkSpace } from './space.ts';
import { summary } from './summary.ts';
import { ensureTools, QEMU } from './tools.ts';

const SHARED_USER =
  'All processes run as one user: one that is taken over can read the others’ files, the secret among them. As root, each gets its own.';

/**
 * Runs a whole installation until `signal` aborts, then stops it in order. Everything that can be checked is checked before
 * anything is started; whatever fails, nothing is left running.
 */
export async function up(env: NodeJS.ProcessEnv, screen: Screen, signal: AbortSignal): Promise<void> {
  const since = performance.now();
  const settled = settleConfig(env);
  const lock = await claimData(settled);
  try {
    const config: Config = { ...settled, settings: await choosePorts(settled.settings) };
    await checkPorts(wantedPorts(config.settings));
    const accounts = process.getuid?.() === 0 ? accountsFrom(config.settings.PINATA_UID_BASE) : null;
    if (!accounts) screen.line(SHARED_USER);
    await makeFolders(planFolders(config.layout, config.settings), accounts);
    await ensureTools([QEMU], line => screen.line(line));
    await buildAll(config, screen, signal);
    const program = await settleProgram(config.settings.PINATA_IMAGE, accounts);

    let untell = async () => {};
    const logs = keepLogsYoung(config.layout.logs, config.settings.PINATA_ADDRESS_DAYS);
    const processes = new Processes({ config, program, accounts, screen, signal });
    try {
      await processes.start();
      untell = await tellSettings(config.layout.data, config.settings);
      screen.line(summary(config.settings, (performance.now() - since) / 1000));
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      logs.stop();
      await untell();
      await processes.stop();
    }
  } finally {
    lock.release();
  }
}

/** Takes the data folder for this process alone. Throws DATA_NO_SPACE or DATA_IN_USE. */
async function claimData(config: Config): Promise<Lock> {
  const { data } = config.layout;
  await checkSpace(data);
  await mkdir(data, { recursive: true });
  const path = join(data, 'lock');
  const lock = tryLock(path);
  if (!lock) throw new PinataError('DATA_IN_USE', { pid: lockHolder(path), data });
  return lock;
}
