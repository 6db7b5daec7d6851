import { PROTOCOLS } from './a-protocols.ts';
import { type AttackClass, found } from './attack-class.ts';
import type { Look } from './look.ts';

/** What speaks another protocol, or none. */
export const PLAINTEXT: readonly AttackClass[] = [
  ...PROTOCOLS.map(([id, title, explanation, severity, reference, recognise]): AttackClass => {
    return {
      ...{ id, title, explanation, severity, reference, confidence: 1, needs: 'wire' },
      rule: look => {
        const text = look.seen.looksLikeTls === false ? recognise(look.start, look.start.toString('latin1')) : null;
        return text === null ? null : { text, at: startPlace(look) };
      },
    };
  }),
  {
    id: 'A14_garbage_flood',
    title: 'Flood of garbage',
    explanation: 'Sends what is no protocol again and again.',
    severity: 'attack',
    reference: 'CAPEC-125',
    confidence: 0.9,
    needs: 'window',
    rule: null,
  },
  {
    id: 'A13_garbage',
    title: 'Garbage',
    explanation: 'Sends what is neither TLS nor any protocol that is known here.',
    severity: 'noise',
    reference: 'CAPEC-28',
    confidence: 0.8,
    needs: 'wire',
    rule: look => found(look.outcome === 'not_tls' && !isKnown(look), 'no protocol that we know', startPlace(look)),
  },
];

function isKnown({ start }: Look): boolean {
  const text = start.toString('latin1');
  return PROTOCOLS.some(([, , , , , recognise]) => recognise(start, text) !== null);
}

function startPlace({ start }: Look) {
  return { dir: 'in', offset: 0, length: start.length } as const;
}
