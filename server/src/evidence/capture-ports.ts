import type { Settings } from '../config.ts';
import type { CapturePorts } from './synthesis.ts';

/** The ports that a target's attempts come in by, for a capture. */
export function capturePorts(
  target: string,
  settings: Pick<Settings, 'PINATA_PRIZE_PORT' | 'PINATA_PRACTICE_PORT' | 'PINATA_CALLBACK_PORT'>,
): CapturePorts {
  const server = target === 'practice' ? settings.PINATA_PRACTICE_PORT : settings.PINATA_PRIZE_PORT;
  return { server, callback: server + 1, client: server + 2, initiator: settings.PINATA_CALLBACK_PORT };
}
