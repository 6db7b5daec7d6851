import type { EventRow } from './queries/events.ts';

/** Alarms in words. A release is told as one, and not here. */
const ALARM_WORDS: Readonly<Record<string, string>> = {
  release_suspected: 'may have released its key: bytes left, and the guest told nothing',
  self_test_failed: 'failed its self-test',
  self_test_stale: 'has had no self-test for too long',
  proof_invalid: 'gave a proof of possession that does not verify',
};

/** What happened, in words of ours: an announcement's own text aside, nothing in it was chosen by anybody else. Pure. */
export function eventTitle({ kind, target, what }: Pick<EventRow, 'kind' | 'target' | 'what'>): string {
  switch (kind) {
    case 'boot':
      return `${target} booted (${what})`;
    case 'crash':
      return `${target} crashed`;
    case 'release':
      return `${target} released its key`;
    case 'alarm':
      return `${target ?? 'something'} ${ALARM_WORDS[what] ?? `raised the alarm ${what}`}`;
    case 'announcement':
      return what;
  }
}

/** The page to read on at, below this origin. Pure. */
export function eventLink({ kind, ref }: Pick<EventRow, 'kind' | 'ref'>): string | null {
  switch (kind) {
    case 'boot':
    case 'crash':
      return ref && `/api/v1/boots/${ref}`;
    case 'release':
    case 'alarm':
      return ref ? `/attempts/${ref}` : '/status';
    case 'announcement':
      return null;
  }
}
