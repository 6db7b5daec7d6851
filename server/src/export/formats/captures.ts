import type { HandshakeSecrets } from '../../evidence/handshake-secrets.ts';
import { keyLogOf } from '../../evidence/handshake-secrets.ts';
import { decryptionSecrets, enhancedPacket, interfaceDescription, sectionHeader } from '../../evidence/pcapng.ts';
import { type CapturePlace, synthesise } from '../../evidence/synthesis.ts';
import type { TranscriptLine } from '../../evidence/transcript.ts';
import { type Encoder, type Format, NOTHING } from './format.ts';

/** An attempt, and what was kept of it. */
export interface CapturedAttempt {
  readonly id: string;
  readonly transcript: readonly TranscriptLine[];
  readonly place: CapturePlace;
  /** Null unless they are published. */
  readonly secrets: HandshakeSecrets | null;
}

const COMMENT =
  'Bytes, times and ends are as the gateway saw them. Packets, addresses and source ports are made up; the address of no attacker is in it. ' +
  'Attempts follow one another in the order of the log: where they overlapped, packets are not in the order of time.';

/**
 * Many attempts as one capture: one section, one interface, and for each attempt its handshake secrets, if they are published, before its packets.
 * Each transcript has up to half a megabyte, so that few are in memory at a time.
 */
export const captures: Format<CapturedAttempt> = {
  name: 'pcapng',
  extension: 'pcapng',
  chunkRows: 50,
  pageRows: 50,
  open: ({ snapshot }) => captureEncoder(snapshot),
};

function captureEncoder(snapshot: number): Encoder<CapturedAttempt> {
  let pending: Buffer[] = [];
  return {
    head: () =>
      Buffer.concat([
        sectionHeader({ application: 'pinata', comment: `The log at change ${snapshot}. ${COMMENT}` }),
        interfaceDescription(),
      ]),
    add: rows => {
      pending.push(...rows.flatMap(blocksOf));
    },
    cut: () => {
      const bytes = Buffer.concat(pending);
      pending = [];
      return { bytes, note: '' };
    },
    tail: () => [NOTHING],
  };
}

function blocksOf({ id, transcript, place, secrets }: CapturedAttempt): Buffer[] {
  const [first, ...others] = synthesise(transcript, place);
  if (!first) return [];
  const named = { ...first, comment: `Attempt ${id}${first.comment ? `: ${first.comment}` : ''}` };
  return [...(secrets ? [decryptionSecrets(keyLogOf(secrets))] : []), ...[named, ...others].map(enhancedPacket)];
}
