import type { Direction, GuestRole } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import type { ParsedClientHello } from './client-hello.ts';
import type {
  Anomaly,
  CertificatesSeen,
  ClientHello,
  HeartbeatSeen,
  PlainAlert,
  RecordSeen,
  ServerHello,
  SignatureSeen,
} from './observation.ts';
import { Version } from './protocol.ts';
import { ZeekHistory } from './zeek-history.ts';

const ANOMALIES_MAX = 64;
const ALERTS_MAX = 64;
const HEARTBEATS_MAX = 16;
const MESSAGES_MAX = 4;

/** What both directions of one connection contribute to. */
export class Findings {
  readonly guestRole: GuestRole;
  readonly history = new ZeekHistory();
  readonly anomalies: Anomaly[] = [];
  readonly alerts: PlainAlert[] = [];
  readonly records: RecordSeen[] = [];
  readonly heartbeats: HeartbeatSeen[] = [];
  readonly certificates: CertificatesSeen[] = [];
  readonly signatures: SignatureSeen[] = [];
  clientHello: ParsedClientHello | null = null;
  secondHello: ClientHello | null = null;
  serverHello: ServerHello | null = null;
  helloRetryRequest = false;

  constructor(guestRole: GuestRole) {
    this.guestRole = guestRole;
  }

  /** True where the bytes of this direction come from the TLS client. */
  fromClient(dir: Direction): boolean {
    return (dir === 'in') === (this.guestRole === 'server');
  }

  /** TLS 1.3 was agreed: what follows the hellos is protected, and its records are of type application_data. */
  get agreed13(): boolean {
    return this.serverHello?.selectedVersion === Version.tls13;
  }

  /** An older version was agreed: a ChangeCipherSpec really changes the cipher. */
  get agreedOlder(): boolean {
    return this.serverHello !== null && !this.agreed13;
  }

  anomaly(kind: string, dir: Direction, offset: number, detail: number | null = null): void {
    keep(this.anomalies, ANOMALIES_MAX, { kind, dir, offset, detail });
  }

  alert(dir: Direction, level: number, code: number, { offset, t }: { offset: number; t: Micros }): void {
    this.history.other('alert', this.fromClient(dir));
    keep(this.alerts, ALERTS_MAX, { from: dir === 'in' ? 'attacker' : 'guest', level, code, offset, t });
  }

  heartbeat(seen: HeartbeatSeen): void {
    keep(this.heartbeats, HEARTBEATS_MAX, seen);
  }

  certificate(seen: CertificatesSeen): void {
    keep(this.certificates, MESSAGES_MAX, seen);
  }

  signature(seen: SignatureSeen): void {
    keep(this.signatures, MESSAGES_MAX, seen);
  }
}

function keep<T>(list: T[], max: number, item: T): void {
  if (list.length < max) list.push(item);
}
