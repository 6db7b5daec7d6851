import fc from 'fast-check';
import type { Told } from '../../classify/testing/evidence.ts';
import type { TranscriptLine } from '../../evidence/transcript.ts';
import { arbitraryRecord } from '../../export/testing/arbitrary-record.ts';
import type { Channel, Closed, Direction } from '../../wire/facts.ts';
import type { Outcome } from '../../wire/outcomes.ts';
import type { AttemptRecord } from '../../wire/record.ts';

const ID = '0193567a-0000-7000-8000-000000000001';
const BOOT = '0193567a-0000-7000-8000-0000000000ff';
const OPENED_US = 1_700_000_000_000_000;
const STEP_US = 1000;

/** Bytes of one direction, or how many of them were withheld, and when: a millisecond after the line before unless there is a time. */
export type Wire = readonly [dir: Direction, what: Uint8Array | number, ms?: number];

export interface FlowStory {
  readonly outcome: Outcome;
  readonly channel?: Channel;
  readonly wire?: readonly Wire[];
  readonly guest?: readonly Told[];
  readonly close?: Pick<Closed, 'by' | 'how'> | null;
  readonly depth?: number;
  readonly guestError?: string;
}

/** What would be kept of a connection, and its record as far as a flow looks at it; the rest of that is hostile chance. */
export function toldAndKept(story: FlowStory): { record: AttemptRecord; lines: TranscriptLine[] } {
  const { channel = 'server', wire = [], guest = [], close = { by: 'guest', how: 'fin' } } = story;
  const guestRole = channel === 'server' ? 'server' : 'client';
  const next: Record<Direction, number> = { in: 0, out: 0 };
  let t = OPENED_US;
  const lines: TranscriptLine[] = [
    { kind: 'open', t, id: ID, target: 'practice', channel, guestRole, bootId: BOOT, selfTest: null },
  ];
  if (channel === 'callback') {
    t += STEP_US;
    lines.push({ kind: 'dial', t, id: ID, to: 'initiator', ok: true });
  }
  for (const [dir, what, ms] of wire) {
    t = ms === undefined ? t + STEP_US : OPENED_US + ms * 1000;
    const at = next[dir];
    next[dir] += typeof what === 'number' ? what : what.length;
    lines.push(
      typeof what === 'number'
        ? { kind: 'withheld', t, id: ID, dir, at, length: what, sha256: 'ab'.repeat(32), why: 'ciphertext' }
        : { kind: 'data', t, id: ID, dir, at, bytes: Buffer.from(what).toString('base64') },
    );
  }
  if (close) {
    lines.push({
      ...{ kind: 'close', t: t + STEP_US, id: ID, end: 'done', ...close },
      bytesIn: next.in,
      bytesOut: next.out,
    });
  }
  lines.push(
    ...guest.map(
      (event, seq): TranscriptLine => ({
        ...{ kind: 'guest', t: OPENED_US + seq, target: 'practice', bootId: BOOT, seq, id: ID },
        event: { us: seq, ...event },
      }),
    ),
  );
  return { record: recordOf(story, { guestRole, channel, close }), lines };
}

function recordOf(
  { outcome, guest = [], depth = 3, guestError = null }: Omit<FlowStory, 'guestError'> & { guestError?: string | null },
  {
    guestRole,
    channel,
    close,
  }: Pick<AttemptRecord, 'guestRole' | 'channel'> & { close: Pick<Closed, 'by' | 'how'> | null },
): AttemptRecord {
  const [sample] = fc.sample(arbitraryRecord, { numRuns: 1, seed: 4 });
  if (!sample) throw new Error('no sample');
  const codes = (kind: 'alert_sent' | 'alert_received') =>
    guest.flatMap(event => (event.kind === kind ? [event.code] : []));
  const alertsSent = codes('alert_sent');
  return {
    ...sample,
    ...{ id: ID, guestRole, channel },
    transport: { ...sample.transport, close: close && { by: close.by, kind: close.how } },
    result: {
      ...sample.result,
      ...{
        outcome,
        depth,
        guestError,
        alertsSent,
        alertsReceived: codes('alert_received'),
        inferred: guest.length === 0,
      },
    },
  };
}
