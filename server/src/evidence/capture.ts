import { type HandshakeSecrets, keyLogOf } from './handshake-secrets.ts';
import { decryptionSecrets, enhancedPacket, interfaceDescription, sectionHeader } from './pcapng.ts';
import { type CapturePlace, synthesise } from './synthesis.ts';
import type { TranscriptLine } from './transcript.ts';

const APPLICATION = 'pinata';
const COMMENT =
  'Bytes, times and ends are as the gateway saw them. Packets and addresses are made up: 192.0.2.1 or 2001:db8::1 is the attacker.';

/**
 * One attempt as a pcapng file. With `secrets`, tools that read it decrypt the handshake, and only that; whether they may be published is
 * for the caller to know. The same transcript and secrets give the same bytes.
 */
export function captureOf(
  lines: readonly TranscriptLine[],
  place: CapturePlace,
  secrets: HandshakeSecrets | null,
): Buffer {
  const id = lines.find(line => line.kind === 'open')?.id;
  return Buffer.concat([
    sectionHeader({ application: APPLICATION, comment: `${id ? `Attempt ${id}. ` : ''}${COMMENT}` }),
    interfaceDescription(),
    ...(secrets ? [decryptionSecrets(keyLogOf(secrets))] : []),
    ...synthesise(lines, place).map(enhancedPacket),
  ]);
}
