import type { RecordedAttempt } from '../../classify/fixtures/recorded-attempt.ts';
import type { TranscriptLine } from '../../evidence/transcript.ts';
import type { Direction } from '../../wire/facts.ts';

const ID = '0193567a-0000-7000-8000-000000000001';
const BOOT = '0193567a-0000-7000-8000-0000000000ff';
export const OPENED_US = 1_700_000_000_000_000;

/** A recorded attempt as the transcript that would be kept of it. */
export function transcriptOfRecorded({ segments, guest, guestRole, close, endMs }: RecordedAttempt): TranscriptLine[] {
  const next: Record<Direction, number> = { in: 0, out: 0 };
  const data = segments.map(({ dir, bytes, ms = 0 }): TranscriptLine => {
    const at = next[dir];
    next[dir] += bytes.length;
    return { kind: 'data', t: OPENED_US + ms * 1000, id: ID, dir, at, bytes: Buffer.from(bytes).toString('base64') };
  });
  return [
    {
      ...{ kind: 'open', t: OPENED_US, id: ID, target: 'practice', guestRole, bootId: BOOT, selfTest: null },
      channel: guestRole === 'server' ? 'server' : 'client',
    },
    ...data,
    {
      ...{ kind: 'close', t: OPENED_US + endMs * 1000, id: ID, end: 'done', ...close },
      ...{ bytesIn: next.in, bytesOut: next.out },
    },
    ...guest.map(
      (event, seq): TranscriptLine => ({
        ...{ kind: 'guest', t: OPENED_US + seq, target: 'practice', bootId: BOOT, seq, id: ID },
        event: { us: seq, ...event },
      }),
    ),
  ];
}
