import type { RecordSeen } from '../../tls/observation.ts';
import { ContentType, HandshakeType, Version } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { anomaly, bestVersion, type Look, placeOfRecord, recordPlace } from './look.ts';

/** A client sends one for the sake of middleboxes (RFC 8446 appendix D.4); our target gives up after two. */
const SPECS_MAX = 2;

/** ChangeCipherSpec where it has no place. */
export const CHANGE_CIPHER: readonly AttackClass[] = [
  {
    id: 'D01_ccs_injection',
    title: 'ChangeCipherSpec injected',
    explanation:
      'Changes ciphers before keys are agreed, so that a vulnerable server goes on with keys that anybody knows.',
    severity: 'attack',
    reference: 'CVE-2014-0224',
    confidence: 0.9,
    needs: 'wire',
    rule: injected,
  },
  {
    id: 'D03_ccs_flood',
    title: 'ChangeCipherSpec again and again',
    explanation: 'Sends more of the messages that are to be ignored than anybody has reason to.',
    severity: 'attack',
    reference: 'CVE-2020-12457, RFC 8446 appendix D.4',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const third = specs(look)[SPECS_MAX];
      return third === undefined ? null : { text: `${look.seen.changeCipherSpecsIn} of them`, at: recordPlace(third) };
    },
  },
  {
    id: 'D02_ccs_before_hello',
    title: 'ChangeCipherSpec before the hello',
    explanation: 'Changes ciphers before it has said hello.',
    severity: 'attack',
    reference: 'RFC 8446 §5',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const seen = anomaly(look, 'ccs_before_hello');
      return seen && { text: 'ChangeCipherSpec is among its first records', at: placeOfRecord(look, seen) };
    },
  },
];

function injected(look: Look): Found | null {
  const odd = look.seen.anomalies.find(({ kind, dir }) => kind === 'ccs_malformed' && dir === 'in');
  if (odd && look.seen.helloState === 'complete') return { text: 'its content is not 1', at: placeOfRecord(look, odd) };
  const best = bestVersion(look);
  const [first] = specs(look);
  if (first === undefined || best === null || best >= Version.tls13 || anomaly(look, 'ccs_before_hello')) return null;
  const before = look.seen.records.filter(({ dir, offset }) => dir === 'in' && offset < first.offset);
  const exchanged = before.some(({ messages }) => messages.includes(HandshakeType.clientKeyExchange));
  return found(!exchanged, 'no ClientKeyExchange before it', recordPlace(first));
}

function specs({ seen }: Look): RecordSeen[] {
  return seen.records.filter(({ dir, type }) => dir === 'in' && type === ContentType.changeCipherSpec);
}
