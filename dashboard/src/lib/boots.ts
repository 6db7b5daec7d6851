import { span } from './format.ts';
import type { Boot } from './generated/api.ts';

/** Why a machine was started, or ended. */
const REASONS: Readonly<Record<string, string>> = {
  start: 'the service started',
  planned: 'planned',
  crash: 'crash',
  request: 'asked for by the operator',
  host: 'the host stopped it',
};

export function reasonWords(reason: string): string {
  return REASONS[reason] ?? reason;
}

/** True where the guest broke. */
export function hasCrashed({ endReason }: Pick<Boot, 'endReason'>): boolean {
  return endReason === 'crash';
}

/** How long it lived, or has lived: "3 d 4 h". */
export function lifeOf({ startedAt, endedAt }: Pick<Boot, 'startedAt' | 'endedAt'>, nowMs: number): string {
  const end = endedAt === null ? nowMs : Date.parse(endedAt);
  return span(Math.max(0, end - Date.parse(startedAt)));
}
