import type { Logger } from 'pino';
import type { Alarm } from '../store/publication.ts';

/** The line of the operator log that an alarm is. */
export function sayAlarm(log: Pick<Logger, 'fatal'>, { kind, target, attemptId, detail }: Alarm): void {
  log.fatal({ alarm: kind, target, attemptId, detail }, 'ALARM');
}
