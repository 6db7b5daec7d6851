import type { Outcome } from '../wire/outcomes.ts';
import type { Case } from './case.ts';
import { certificateFault, faultOfAlert, outcomeOfFault } from './certificate-reason.ts';
import { inferred, type Rule, told } from './verdict.ts';

/** Where in the handshake the guest was when it refused. */
type Stage = 'hello' | 'flight' | 'certificate' | 'chain' | 'possession';

/** Alerts (RFC 8446 §6.2) whose meaning depends on when they come. The rest of the codes are in `outcomeOfAlert`. */
const DECRYPT_ERROR: Readonly<Record<Stage, Outcome>> = {
  hello: 'hello_refused',
  flight: 'protocol_violation',
  certificate: 'certificate_untrusted',
  chain: 'possession_failed',
  possession: 'finished_failed',
};

/** The verifiers refused the peer's certificates: the guest's own word for it. */
export const chainRejected: Rule = ({ guest }) =>
  guest.chainRejected === null
    ? null
    : told(outcomeOfFault(certificateFault(guest.chainRejected, guest.alertsSent.at(0))));

/** The peer's CertificateVerify was refused. */
export const possessionRejected: Rule = ({ guest }) =>
  guest.possessionRejected === null ? null : told('possession_failed');

/** The first alert that ends a handshake: ours is a refusal, theirs too. */
export const alertDecides: Rule = c => {
  const alert = c.decidingAlert;
  if (alert === null || c.guest.kinds.has('finished')) return null;
  const outcome = alert.by === 'attacker' ? 'refused_by_peer' : outcomeOfAlert(alert.code, c);
  return c.guest.told ? told(outcome) : inferred(outcome, 0.8);
};

/** The TLS library gave up and no alert is known: its words must do. */
export const errorDecides: Rule = ({ guest }) => {
  if (guest.tlsError === null || guest.kinds.has('finished')) return null;
  const words = plain(guest.tlsError);
  const known = ERROR_WORDS.find(([pattern]) => pattern.test(words));
  return known ? told(known[1]) : null;
};

const ERROR_WORDS: readonly (readonly [RegExp, Outcome])[] = [
  [/nocertificatespresented|certificaterequired|nocertificate/, 'certificate_missing'],
  [/protocolversion|tlsversion|supportedversions/, 'version_refused'],
  [/incommon|incompatible|applicationprotocol/, 'parameters_refused'],
  [/alertreceived/, 'refused_by_peer'],
];

function outcomeOfAlert(code: number, c: Case): Outcome {
  const stage = stageOf(c);
  const fault = faultOfAlert(code);
  if (fault !== null) return outcomeOfFault(fault);
  switch (code) {
    case 116:
      return 'certificate_missing';
    case 70:
      return 'version_refused';
    case 40:
    case 71:
    case 120:
      return stage === 'hello' || stage === 'flight' ? 'parameters_refused' : 'protocol_violation';
    case 47:
    case 109:
    case 110:
    case 112:
      return stage === 'hello' ? 'hello_refused' : 'protocol_violation';
    case 50:
      return decodeErrorOutcome(stage, c);
    case 51:
      return DECRYPT_ERROR[stage];
    // internal_error: something of ours was not enough.
    case 80:
      return 'guest_limit';
    default:
      return 'protocol_violation';
  }
}

/** The library's words for a bad Certificate message; its other names that begin so are of other messages. */
const BAD_CERTIFICATE_MESSAGE = /certificate(?!compression|request|verify|status|authorities|types?)/;

function decodeErrorOutcome(stage: Stage, { guest }: Case): Outcome {
  if (stage === 'hello') return 'hello_malformed';
  return BAD_CERTIFICATE_MESSAGE.test(plain(guest.tlsError ?? '')) && stage === 'flight'
    ? 'certificate_malformed'
    : 'protocol_violation';
}

function stageOf({ guest, evidence }: Case): Stage {
  const { kinds } = guest;
  if (kinds.has('possession_ok')) return 'possession';
  if (kinds.has('chain_ok')) return 'chain';
  if (kinds.has('certificate')) return 'certificate';
  // A guest that is the client has keys once it took the ServerHello; its alerts are readable only before that.
  const agreed = evidence.open.guestRole === 'server' && evidence.observation.serverHello !== null;
  return kinds.has('server_flight') || agreed ? 'flight' : 'hello';
}

function plain(words: string): string {
  return words.toLowerCase().replace(/[^a-z0-9]/g, '');
}
