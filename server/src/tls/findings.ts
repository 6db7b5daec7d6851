import type { Direction, GuestRole } from '../wire/facts.ts';
import type { Micros } from '../wire/ids.ts';
import type { ParsedClientHello } from './client-hello.ts';
import type { Anomaly, PlainAlert, RecordSeen, ServerHello } from './observation.ts';
import { Version } from './protocol.ts';
import { ZeekHistory } from './zeek-history.ts';

const ANOMALIES_MAX = 64;
const ALERTS_MAX = 64;

/** What both directions of one connection contribute to. */
export class Findings {
  readonly guestRole: GuestRole;
  readonly history = new ZeekHistory();
  readonly anomalies: Anomaly[] = [];
  readonly alerts: PlainAlert[] = [];
  readonly records: RecordSeen[] = [];
  clientHello: ParsedClientHello | null = null;
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

  anomaly(kind: string, dir: Direction, offset: number): void {
    if (this.anomalies.length < ANOMALIES_MAX) this.anomalies.push({ kind, dir, offset });
  }

  alert(dir: Direction, level: number, code: number, t: Micros): void {
    this.history.other('alert', this.fromClient(dir));
    if (this.alerts.length < ALERTS_MAX)
      this.alerts.push({ from: dir === 'in' ? 'attacker' : 'guest', level, code, t });
  }
}
