import { closeSync, writeSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { type Logger, pino } from 'pino';
import { type Config, readConfig } from './config.ts';
import { PinataError } from './errors.ts';

/** What a process hands back once it is ready: how to stop it. `stop` may be called twice. */
export interface Running {
  stop(): Promise<void>;
}

/**
 * Runs one of the processes: reads the configuration, starts it, says "ready" on the descriptor that `up` gave (if any), and
 * stops it in order on SIGTERM or SIGINT. An error with a code from the catalogue ends the process with status 1 and two lines.
 */
export async function runProcess(
  name: string,
  start: (config: Config, log: Logger) => Promise<Running>,
): Promise<void> {
  try {
    const config = readConfig();
    const log = pino(
      { name, level: config.settings.PINATA_LOG_LEVEL, base: { name, pid: process.pid } },
      pino.destination({ sync: false }),
    );
    const running = await start(config, log);
    closeWithGrace({ delay: 10_000, logger: log as unknown as Console }, async ({ err, signal }) => {
      if (err) log.error({ err }, 'stopping after an error');
      else log.info({ signal }, 'stopping');
      await running.stop();
    });
    sayReady();
    log.info('ready');
  } catch (error) {
    process.stderr.write(
      error instanceof PinataError ? `${error.text}\n` : `${error instanceof Error ? error.stack : error}\n`,
    );
    process.exit(1);
  }
}

function sayReady(): void {
  const fd = Number(process.env['PINATA_READY_FD'] ?? '');
  if (!fd) return;
  writeSync(fd, 'ready\n');
  closeSync(fd);
}
