import { CLOSURE_ALERTS } from '../classify/guest-story.ts';
import { RECORD_HEADER_BYTES } from '../tls/record-reader.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { blankStep } from './blank-step.ts';
import type { Flow, Held, Step } from './flow.ts';
import type { MessageName } from './message-names.ts';
import { stopOf } from './stop.ts';
import { flightOf } from './told.ts';

/** Zeek's letters, of a client in capitals: what was readable (`tls/zeek-history.ts`). */
const LETTERS: Readonly<Record<string, MessageName>> = {
  h: 'HelloRequest',
  c: 'ClientHello',
  s: 'ServerHello',
  j: 'HelloRetryRequest',
  t: 'NewSessionTicket',
  o: 'EncryptedExtensions',
  x: 'Certificate',
  k: 'ServerKeyExchange',
  r: 'CertificateRequest',
  n: 'ServerHelloDone',
  y: 'CertificateVerify',
  g: 'ClientKeyExchange',
  f: 'Finished',
  u: 'CertificateStatus',
  p: 'KeyUpdate',
  i: 'ChangeCipherSpec',
  l: 'Alert',
  d: 'ApplicationData',
  b: 'Heartbeat',
  q: 'UnknownRecord',
};
const OUR_FLIGHT_DEPTH = 3;
const FINISHED_DEPTH = 7;
const RELEASED_DEPTH = 8;
const STEPS_OF_HISTORY_MAX = 48;

/**
 * What the record alone tells of a connection: what was readable, in order, then what the target told of the rest. Sizes and times are
 * missing, and so is whatever no field of the record proves.
 */
export function flowFromRecord(record: AttemptRecord, withheld: NonNullable<Flow['withheld']>): Flow {
  const { id, revision, channel, guestRole } = record;
  const steps = [
    blankStep('connect', 'peer'),
    ...callBack(record),
    ...readable(record),
    ...encrypted(record),
    ...closed(record),
  ];
  const unlisted = 0;
  return {
    ...{ id, revision, basis: 'record', withheld, channel, guestRole, steps, unlisted },
    stop: stopOf(record, steps),
  };
}

function callBack({ channel, result, transport }: AttemptRecord): Step[] {
  const reached = transport.bytesIn + transport.bytesOut > 0;
  if (channel !== 'callback' || !(reached || result.outcome === 'callback_unreachable')) return [];
  return [{ ...blankStep('call_back', 'gateway'), ok: reached }];
}

function readable({ negotiated, guestRole, hello, transport, result }: AttemptRecord): Step[] {
  const letters = [...negotiated.sslHistory].slice(0, STEPS_OF_HISTORY_MAX);
  const helloLetter = guestRole === 'server' ? 'C' : 's';
  const firstHello = letters.indexOf(helloLetter);
  const steps = letters.map((letter, index): Step => {
    const fromClient = letter !== letter.toLowerCase();
    const from = fromClient === (guestRole === 'server') ? 'peer' : 'target';
    const name = LETTERS[letter.toLowerCase()] ?? 'HandshakeMessage';
    const held: Held = { name, number: name === 'Alert' ? onlyAlert(from, result) : null, known: 'read' };
    const isHello = index === firstHello && hello !== null;
    return message(from, {
      holds: [held],
      bytes: isHello ? hello.helloBytes + RECORD_HEADER_BYTES * hello.helloRecords : null,
      records: isHello ? hello.helloRecords : 1,
    });
  });
  if (steps.length === 0 && transport.bytesIn > 0) {
    return [{ ...blankStep('bytes', 'peer'), bytes: transport.bytesIn }];
  }
  return steps;
}

/** Which alert it was that could be read, where there was only one. */
function onlyAlert(from: Step['from'], { alertsSent, alertsReceived }: AttemptRecord['result']): number | null {
  const codes = from === 'target' ? alertsSent : alertsReceived;
  return codes.length === 1 ? (codes[0] ?? null) : null;
}

/** What the depth and the alerts prove of messages that nobody else could read. */
function encrypted(record: AttemptRecord): Step[] {
  const { guestRole, result } = record;
  if (result.depth < OUR_FLIGHT_DEPTH) return [];
  const known = result.inferred ? 'inferred' : 'told';
  const ours = sealed('target', 'handshake', flightOf(guestRole, known));
  const heard = heardOf(record, known);
  return [
    ...(guestRole === 'server' ? [ours] : []),
    ...(heard.length > 0 ? [sealed('peer', 'handshake', heard)] : []),
    ...(guestRole === 'client' && result.depth >= FINISHED_DEPTH ? [ours] : []),
    ...alerts('peer', record, known),
    ...(result.depth === RELEASED_DEPTH
      ? [sealed('target', 'application', [{ name: 'Secret', number: null, known }])]
      : []),
    ...alerts('target', record, known),
  ];
}

function heardOf({ certificate, result }: AttemptRecord, known: Held['known']): Held[] {
  const { presented, chainLength, verifyOk } = certificate;
  const held = (name: MessageName, number: number | null = null): Held => ({ name, number, known });
  return [
    ...(presented === null ? [] : [held('Certificate', chainLength ?? (presented ? null : 0))]),
    ...(verifyOk === null ? [] : [held('CertificateVerify')]),
    ...(result.depth >= FINISHED_DEPTH ? [held('Finished')] : []),
  ];
}

/** The alerts of one side that nobody else could read. A server has sent its Finished with its flight (RFC 8446 §2). */
function alerts(
  from: 'peer' | 'target',
  { guestRole, negotiated, result }: AttemptRecord,
  known: Held['known'],
): Step[] {
  const isServer = (from === 'target') === (guestRole === 'server');
  if (negotiated.sslHistory.includes(isServer ? 'l' : 'L')) return [];
  const finished = result.depth >= FINISHED_DEPTH || (from === 'target' && isServer);
  const codes = from === 'target' ? result.alertsSent : result.alertsReceived;
  return codes
    .filter(code => !CLOSURE_ALERTS.has(code))
    .map(number => sealed(from, finished ? 'application' : 'handshake', [{ name: 'Alert', number, known }]));
}

function sealed(from: 'peer' | 'target', epoch: Step['epoch'], holds: Held[]): Step {
  return { ...message(from, { holds, bytes: null, records: 1 }), encrypted: true, epoch };
}

function message(from: 'peer' | 'target', rest: Pick<Step, 'holds' | 'bytes' | 'records'>): Step {
  return { ...blankStep('message', from), ...rest };
}

function closed({ transport: { close } }: AttemptRecord): Step[] {
  if (close === null) return [];
  return [{ ...blankStep('close', close.by === 'guest' ? 'target' : close.by), manner: close.kind }];
}
