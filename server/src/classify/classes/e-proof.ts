import { type AttackClass, found } from './attack-class.ts';
import type { Look } from './look.ts';

const SCHEME_WORDS = /scheme|unsupportedsignaturealgorithm|signaturealgorithmmismatch|wrongalgorithm/i;
/** Markup, templates, statements, paths and control characters (which the description replaces by U+FFFD). */
const INJECTION =
  /<[a-z!/]|\$\{|\{\{|['"]\s*(or|and|;|--)\s*\S|;\s*(drop|select|insert|delete)\b|union\s+select|\.\.\/|javascript:|\ufffd|%0[ad0]/i;

/** Whether and how somebody proves to be somebody. */
export const PROOF: readonly AttackClass[] = [
  {
    id: 'E17_secret_released',
    title: 'Secret released',
    explanation: 'Was authenticated and got the secret.',
    severity: 'breach',
    reference: null,
    confidence: 1,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'released' || outcome === 'released_practice', 'the secret was sent'),
  },
  {
    id: 'E16_self_relay',
    title: 'Target relayed to itself',
    explanation:
      "Passes the messages of the target's two roles to each other; both ends of the session are the target.",
    severity: 'attack',
    reference: 'CAPEC-94',
    confidence: 1,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'released_relay', 'both ends of one session are the target'),
  },
  {
    id: 'E12_scheme_mismatch',
    title: 'Signature of another kind',
    explanation: 'Signs with an algorithm that was not offered, or that does not fit its key.',
    severity: 'attack',
    reference: 'RFC 8446 §4.4.3, CVE-2022-25638',
    confidence: 0.9,
    needs: 'guest',
    rule: ({ c }) => {
      const words = `${c.guest.possessionRejected ?? ''} ${c.guest.tlsError ?? ''}`;
      return found(SCHEME_WORDS.test(words), `the guest: ${words.trim()}`);
    },
  },
  {
    id: 'E11_bad_certificate_verify',
    title: 'Certificate without its key',
    explanation: 'Presents a certificate of ours, but cannot sign with its key.',
    severity: 'attack',
    reference: 'RFC 8446 §4.4.3, CVE-2015-0205',
    confidence: 1,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'possession_failed', 'CertificateVerify does not verify'),
  },
  {
    id: 'E15_dn_injection',
    title: 'Injection by names',
    explanation:
      'Puts markup, code or control characters into the names of its certificate, for whoever displays them.',
    severity: 'attack',
    reference: 'CAPEC-242, CVE-2009-2408',
    confidence: 0.9,
    needs: 'guest',
    rule: injected,
  },
  {
    id: 'E14_malformed_certificate',
    title: 'Malformed certificate',
    explanation: 'Presents what is no certificate, or one that breaks the encoding.',
    severity: 'attack',
    reference: 'CVE-2003-0545, CAPEC-28',
    confidence: 1,
    needs: 'guest',
    rule: look =>
      found(look.fault === 'malformed' || look.outcome === 'certificate_malformed', 'a certificate does not parse'),
  },
  {
    id: 'E01_no_certificate',
    title: 'No certificate',
    explanation: 'Goes on to the end of its handshake without a certificate.',
    severity: 'probe',
    reference: 'RFC 8446 §4.4.2.4, CVE-2022-25640',
    confidence: 1,
    needs: 'guest',
    rule: ({ outcome }) => found(outcome === 'certificate_missing', 'the list of certificates was empty'),
  },
];

function injected({ chain }: Look) {
  const names = chain.flatMap(({ description }) =>
    description ? [description.subject, description.issuer, ...description.san] : [],
  );
  const bad = names.find(name => INJECTION.test(name));
  return bad === undefined ? null : { text: 'a name of the certificate holds code or control characters', at: null };
}
