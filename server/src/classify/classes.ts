import { describeCertificate } from '../tls/certificate.ts';
import { withoutGrease } from '../tls/grease.ts';
import { Version } from '../tls/protocol.ts';
import type { Outcome } from '../wire/outcomes.ts';
import type { Case } from './case.ts';
import { type CertificateFault, certificateFault, faultOfAlert } from './certificate-reason.ts';
import type { Conclusion } from './evidence.ts';

const SCAN_MAX_US = 2_000_000;
const HTTP_METHOD = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE) /;

/** What a rule looks at: the case, its outcome, and what was wrong with the certificates. */
interface Look {
  c: Case;
  outcome: Outcome;
  fault: CertificateFault | null;
}

/** One class: its public name, how sure a match is, and a test that gives the evidence in a few words. */
interface ClassRule {
  id: string;
  confidence: number;
  match(look: Look): string | null;
}

/** What the attempt looked like: every class that matches, most severe first. */
export function classesOf(c: Case, outcome: Outcome): Conclusion['classes'] {
  const look = { c, outcome, fault: faultOf(c) };
  return CLASSES.flatMap(({ id, confidence, match }) => {
    const evidence = match(look);
    return evidence === null ? [] : [{ id, confidence, evidence }];
  });
}

/** Most severe first: the first match is the primary class. */
const CLASSES: readonly ClassRule[] = [
  {
    id: 'E17_secret_released',
    confidence: 1,
    match: ({ outcome }) => when(outcome === 'released' || outcome === 'released_practice', 'the secret was sent'),
  },
  {
    id: 'G02_guest_crash',
    confidence: 1,
    match: ({ outcome, c }) => when(outcome === 'guest_crash', c.evidence.bootEnd?.detail.slice(0, 128) || 'crash'),
  },
  {
    id: 'E16_self_relay',
    confidence: 1,
    match: ({ outcome }) => when(outcome === 'released_relay', 'both ends of one session are the target'),
  },
  {
    id: 'E06_reflected_certificate',
    confidence: 1,
    match: ({ c }) => when(isReflected(c), "the target's own certificate was presented"),
  },
  {
    id: 'E03_lookalike_ca',
    confidence: 0.9,
    match: ({ c, fault }) => when(isUntrusted(fault) && namesOurAuthority(c), "the issuer has our authority's name"),
  },
  {
    id: 'E07_wrong_eku',
    confidence: 1,
    match: ({ fault }) => when(fault === 'usage', 'the certificate is for another purpose'),
  },
  {
    id: 'E08_expired_or_future',
    confidence: 1,
    match: ({ fault }) => when(fault === 'expired', 'the certificate is not valid now'),
  },
  {
    id: 'E02_unknown_ca',
    confidence: 1,
    match: ({ c, fault }) => when(fault === 'unknown_issuer' && !namesOurAuthority(c), 'no chain to our authority'),
  },
  {
    id: 'E01_no_certificate',
    confidence: 1,
    match: ({ outcome }) => when(outcome === 'certificate_missing', 'the list of certificates was empty'),
  },
  {
    id: 'C04_legacy_tls_probe',
    confidence: 1,
    match: ({ c }) => legacyVersion(c),
  },
  {
    id: 'A03_http_plaintext',
    confidence: 1,
    match: ({ c }) => when(HTTP_METHOD.test(start(c)), 'begins with an HTTP method'),
  },
  {
    id: 'A06_ssh_banner',
    confidence: 1,
    match: ({ c }) => when(start(c).startsWith('SSH-'), 'begins with SSH-'),
  },
  {
    id: 'A13_garbage',
    confidence: 0.8,
    match: ({ c, outcome }) => when(outcome === 'not_tls' && !isKnownText(start(c)), 'no protocol that we know'),
  },
  {
    id: 'A01_port_scan_connect',
    confidence: 0.9,
    match: ({ c, outcome }) => when(outcome === 'connect_only' && wasShort(c), 'no byte, closed within 2 s'),
  },
];

function when(matches: boolean, evidence: string): string | null {
  return matches ? evidence : null;
}

function faultOf({ guest }: Case): CertificateFault | null {
  const alert = guest.decidingAlert?.by === 'guest' ? guest.decidingAlert.code : undefined;
  return guest.chainRejected === null ? faultOfAlert(alert) : certificateFault(guest.chainRejected, alert);
}

function isUntrusted(fault: CertificateFault | null): boolean {
  return fault === 'unknown_issuer' || fault === 'bad_signature';
}

/** The certificate is the one that the target itself shows on such a connection: all that can be copied off the wire. */
function isReflected({ guest, evidence }: Case): boolean {
  const leaf = guest.certificate?.chain[0];
  if (leaf === undefined || evidence.ready === null) return false;
  return leaf === (evidence.open.guestRole === 'server' ? evidence.ready.server : evidence.ready.client);
}

/** Some certificate of the chain claims to be issued by our authority, or to be it, and is not one of ours. */
function namesOurAuthority({ guest, evidence }: Case): boolean {
  const { ready } = evidence;
  if (ready === null) return false;
  const ours = describe(ready.ca)?.subject;
  const foreign = (guest.certificate?.chain ?? []).filter(der => ![ready.ca, ready.server, ready.client].includes(der));
  return ours !== undefined && foreign.some(der => describe(der)?.issuer === ours);
}

function describe(base64: string) {
  return describeCertificate(Buffer.from(base64, 'base64'));
}

/** The attacker's best version is older than TLS 1.3. */
function legacyVersion({ evidence }: Case): string | null {
  const { clientHello, anomalies } = evidence.observation;
  if (anomalies.some(({ kind }) => kind === 'sslv2_hello')) return 'SSL 2.0 hello';
  if (clientHello === null || evidence.open.guestRole !== 'server') return null;
  const best = Math.max(...withoutGrease(clientHello.supportedVersions), 0) || clientHello.legacyVersion;
  return when(best < Version.tls13, `best version offered is 0x${best.toString(16).padStart(4, '0')}`);
}

function start({ evidence }: Case): string {
  return Buffer.from(evidence.observation.firstBytes, 'hex').toString('latin1');
}

function isKnownText(text: string): boolean {
  return HTTP_METHOD.test(text) || text.startsWith('SSH-');
}

function wasShort({ evidence }: Case): boolean {
  const { open, close } = evidence;
  return close !== null && close.by === 'peer' && close.t - open.t < SCAN_MAX_US;
}
