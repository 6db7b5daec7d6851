import type { Channel, Closed, Direction } from '../../wire/facts.ts';
import { newUuidV7 } from '../../wire/ids.ts';
import type { CapturePlace } from '../synthesis.ts';
import type { TranscriptLine } from '../transcript.ts';

/** A moment in 2026, in microseconds. */
const BEGIN_US = Date.UTC(2026, 10, 24, 12) * 1000;
const STEP_US = 1000;

/** A stretch of one direction: bytes that are kept, or how many are not. */
export type Stretch = readonly [dir: Direction, what: Uint8Array | number];

/** The transcript of a conversation, as the gateway would have told it. */
export function transcriptOf(
  stretches: readonly Stretch[],
  {
    channel = 'server',
    close = { by: 'guest', how: 'fin' },
  }: { channel?: Channel; close?: Pick<Closed, 'by' | 'how'> | null } = {},
): TranscriptLine[] {
  const id = newUuidV7(BEGIN_US / 1000);
  const next: Record<Direction, number> = { in: 0, out: 0 };
  let t = BEGIN_US;
  const tick = () => (t += STEP_US);
  const lines: TranscriptLine[] = [
    {
      ...{ kind: 'open', t, id, target: 'prize', channel, bootId: null, selfTest: null },
      guestRole: channel === 'server' ? 'server' : 'client',
    },
  ];
  if (channel === 'callback') lines.push({ kind: 'dial', t: tick(), id, to: 'initiator', ok: true });
  lines.push({ kind: 'dial', t: tick(), id, to: 'guest', ok: true });
  for (const [dir, what] of stretches) {
    const at = next[dir];
    if (typeof what === 'number') {
      lines.push({
        kind: 'withheld',
        t: tick(),
        id,
        dir,
        at,
        length: what,
        sha256: 'ab'.repeat(32),
        why: 'ciphertext',
      });
      next[dir] += what;
    } else {
      lines.push({ kind: 'data', t: tick(), id, dir, at, bytes: Buffer.from(what).toString('base64') });
      next[dir] += what.length;
    }
  }
  if (close) lines.push({ kind: 'close', t: tick(), id, end: 'done', ...close, bytesIn: next.in, bytesOut: next.out });
  return lines;
}

/** The place of the n-th of several attempts in one file, so that each is a connection of its own. */
export function placeOf(n: number, ipVersion: 4 | 6 = 4): CapturePlace {
  const port = 20_000 + 4 * n;
  return { ipVersion, ports: { server: port, callback: port + 1, client: port + 2, initiator: port + 3 } };
}
