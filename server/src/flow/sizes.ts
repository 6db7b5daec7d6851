import { RECORD_HEADER_BYTES } from '../tls/record-reader.ts';
import type { Held, Step } from './flow.ts';

/** RFC 8446 §5.2: content type and authentication tag. */
const PROTECTION_BYTES = 17;
const ALERT_BYTES = 2;
/** RFC 8446 §4.4.2: a message header, an empty context, an empty list. */
const EMPTY_CERTIFICATE_BYTES = 8;
/** A message header and a hash of SHA-256 or SHA-384. */
const FINISHED_BYTES: readonly number[] = [36, 52];

/** What an encrypted record of this size (with its header) is bound to be; null where it may be several things. Always inferred. */
export function sizeTells(recordBytes: number, epoch: Step['epoch']): Held | null {
  const content = recordBytes - RECORD_HEADER_BYTES - PROTECTION_BYTES;
  if (content === ALERT_BYTES) return { name: 'Alert', number: null, known: 'inferred' };
  if (epoch !== 'handshake') return null;
  if (content === EMPTY_CERTIFICATE_BYTES) return { name: 'Certificate', number: 0, known: 'inferred' };
  return FINISHED_BYTES.includes(content) ? { name: 'Finished', number: null, known: 'inferred' } : null;
}
