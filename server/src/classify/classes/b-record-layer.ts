import { type AttackClass, found } from './attack-class.ts';
import { anomaly, type Look, placeOfRecord } from './look.ts';

const DRIBBLE_READS = 8;
const DRIBBLE_MAX_BYTES = 8;

/** What is odd about records and how they come. Sections are of RFC 8446. */
export const RECORD_LAYER: readonly AttackClass[] = [
  of('B09_handshake_length_bomb', 'handshake_length_bomb', 'attack', 'CAPEC-130', {
    title: 'Bomb of a length',
    explanation: 'Declares a handshake message of more than 65,535 bytes, to make the receiver set memory aside.',
    text: 'a handshake message declares more than 65,535 bytes',
  }),
  of('B10_plaintext_after_ccs', 'plaintext_after_keys', 'attack', 'RFC 8446 §5.1', {
    title: 'Plaintext after the keys',
    explanation: 'Goes on in the clear although both sides have keys, hoping that it is accepted.',
    text: 'a handshake record in the clear after both hellos',
  }),
  of('B03_record_oversize', 'record_oversize', 'attack', 'RFC 8446 §5.1 and §5.2', {
    title: 'Oversize record',
    explanation: 'Sends a record that is longer than the protocol allows.',
    text: 'a record longer than 2^14 bytes, or 2^14 + 256 encrypted',
  }),
  of('B07_interleaved_record', 'interleaved_record', 'attack', 'RFC 8446 §5.1', {
    title: 'Interleaved record',
    explanation: 'Puts another record between the fragments of one handshake message.',
    text: 'a record of another type inside a handshake message',
  }),
  of('B08_trailing_after_hello', 'trailing_after_hello', 'attack', 'RFC 8446 §5.1', {
    title: 'More behind the hello',
    explanation: 'Puts another message into the record of the hello, before the keys can be known.',
    text: 'a message follows the hello in its record',
  }),
  of('B01_invalid_record_type', 'record_type', 'probe', 'RFC 8446 §5', {
    title: 'Unknown record type',
    explanation: 'Sends a record of a type that no version of TLS has.',
    text: 'a record type that no version has',
  }),
  of('B02_invalid_record_version', 'record_version', 'probe', 'RFC 8446 §5.1', {
    title: 'Unknown record version',
    explanation: 'Sends a record under a version that does not exist.',
    text: 'a record version below SSL 3.0 or above TLS 1.3',
  }),
  of('B04_empty_record', 'empty_record', 'probe', 'RFC 8446 §5.1', {
    title: 'Empty record',
    explanation: 'Sends a record with nothing in it, where that is not allowed.',
    text: 'a record without content',
  }),
  of('B05_hello_fragmented', 'hello_fragmented', 'probe', 'CVE-2014-3511', {
    title: 'Hello in fragments',
    explanation: 'Cuts its hello into several records, as is done to slip past inspection or to force an old version.',
    text: 'the hello comes in several records',
  }),
  {
    id: 'B06_tcp_dribble',
    title: 'Dribble',
    explanation: 'Sends a few bytes at a time, as is done to slip past inspection or to keep the receiver busy.',
    severity: 'probe',
    reference: 'CAPEC-227',
    confidence: 0.9,
    needs: 'wire',
    rule: dribble,
  },
];

interface Words {
  title: string;
  explanation: string;
  text: string;
}

function of(
  id: string,
  kind: string,
  severity: AttackClass['severity'],
  reference: string,
  { title, explanation, text }: Words,
): AttackClass {
  return {
    ...{ id, title, explanation, severity, reference, confidence: 1, needs: 'wire' },
    rule: look => {
      const seen = anomaly(look, kind);
      return seen && { text, at: placeOfRecord(look, seen) };
    },
  };
}

function dribble({ c }: Look) {
  const small = c.evidence.reads.filter(({ length }) => length <= DRIBBLE_MAX_BYTES);
  const [first] = small;
  if (!first) return null;
  const at = { dir: 'in', offset: first.at, length: first.length } as const;
  return found(small.length >= DRIBBLE_READS, `${small.length} reads of at most ${DRIBBLE_MAX_BYTES} bytes`, at);
}
