import type {
  Closed,
  Data,
  Dialled,
  Fact,
  GatewayFact,
  GuestTold,
  Opened,
  Ready,
  SupervisorFact,
} from '../../wire/facts.ts';
import type { GuestEvent } from '../../wire/guest-event.ts';
import { type AttemptId, type BootId, type Micros, newAttemptId, newUuidV7 } from '../../wire/ids.ts';

/** Facts of one attempt as the two processes would write them, for tests. */
export interface Story {
  id: AttemptId;
  gateway: GatewayFact[];
  supervisor: SupervisorFact[];
}

/** A moment in 2026, in microseconds. */
export const NOON: Micros = Date.UTC(2026, 10, 24, 12) * 1000;
export const SECOND: Micros = 1_000_000;

export interface StoryOptions {
  at?: Micros;
  id?: AttemptId;
  target?: string;
  bootId?: BootId | null;
  ip?: string;
  selfTest?: string | null;
  channel?: Opened['channel'];
  guestRole?: Opened['guestRole'];
  /** What the attacker sends, what the guest answers. */
  sent?: Uint8Array;
  answered?: Uint8Array;
  /** What the guest tells, before its `closed`. */
  events?: GuestEventBody[];
  /** Left out: the guest tells that it closed. */
  guestSilent?: boolean;
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'us'> : never;
export type GuestEventBody = WithoutTime<GuestEvent>;

let sequence = 0;

/** An attempt that lasts a tenth of a second: opened, dialled, bytes both ways, told by the guest, closed. */
export function attemptStory(options: StoryOptions = {}): Story {
  const at = options.at ?? NOON;
  const id = options.id ?? newAttemptId(at);
  const target = options.target ?? 'practice';
  const bootId = options.bootId ?? null;
  const opened: Opened = {
    kind: 'open',
    t: at,
    id,
    target,
    channel: options.channel ?? 'server',
    guestRole: options.guestRole ?? 'server',
    bootId,
    source: { ip: options.ip ?? '192.0.2.7', port: 40_000 },
    selfTest: options.selfTest ?? null,
  };
  const { sent = Buffer.from('GET / HTTP/1.0\r\n\r\n'), answered = Buffer.alloc(0) } = options;
  const dial: Dialled = { kind: 'dial', t: at + 1000, id, to: 'guest', ok: true };
  const close: Closed = {
    kind: 'close',
    t: at + 100_000,
    id,
    end: 'done',
    by: 'guest',
    how: 'fin',
    bytesIn: sent.length,
    bytesOut: answered.length,
  };
  const events: GuestEventBody[] = [
    { kind: 'accepted', port: 10_000 },
    ...(options.events ?? [{ kind: 'alert_sent', code: 50 }]),
    ...(options.guestSilent ? [] : [{ kind: 'closed', by: 'guest' } as const]),
  ];
  return {
    id,
    gateway: [opened, dial, ...data(id, at + 2000, 'in', sent), ...data(id, at + 3000, 'out', answered), close],
    supervisor:
      bootId === null ? [] : events.map((event, index) => told(event, { id, target, bootId, t: at + 4000 + index })),
  };
}

function data(id: AttemptId, t: Micros, dir: Data['dir'], bytes: Uint8Array): Data[] {
  if (bytes.length === 0) return [];
  return [{ kind: 'data', t, id, dir, at: 0, bytes: Buffer.from(bytes).toString('base64') }];
}

/** One event of a guest. */
export function told(
  event: GuestEventBody,
  at: { id: AttemptId; target: string; bootId: BootId; t: Micros },
): GuestTold {
  return { kind: 'guest', seq: sequence++, event: { us: at.t - NOON, ...event }, ...at };
}

export function beat(t: Micros): Fact & { kind: 'beat' } {
  return { kind: 'beat', t };
}

/** A boot of a target that is ready at once. */
export function bootStory(target: string, t: Micros): { bootId: BootId; facts: SupervisorFact[] } {
  const bootId = newUuidV7(Math.floor(t / 1000));
  const isPrize = target === 'prize';
  const ready: Ready = {
    kind: 'ready',
    t: t + 1000,
    target,
    bootId,
    authority: isPrize ? 'born' : 'given',
    ca: Buffer.from(`ca of ${bootId}`).toString('base64'),
    server: Buffer.from(`server of ${bootId}`).toString('base64'),
    client: Buffer.from(`client of ${bootId}`).toString('base64'),
    keys: [{ role: 'vault', xOnly: 'ab'.repeat(32) }],
    bootUs: 75_000,
    limits: {
      placesServer: 64,
      placesClient: 16,
      handshakeMs: 20_000,
      releaseMs: 10_000,
      bytesBeforeAuthentication: 131_072,
      chainMax: 8,
      signaturesMax: 1_000_000,
    },
    prize: isPrize
      ? { network: 'regtest', address: 'a', descriptor: 'd', internalKey: 'cd'.repeat(32), outputKey: 'ef'.repeat(32) }
      : null,
    credentials: isPrize
      ? null
      : { 'ca.pem': 'c', 'client.pem': 'c', 'client.key': 'k', 'server.pem': 's', 'server.key': 'k' },
  };
  return {
    bootId,
    facts: [
      {
        kind: 'boot',
        t,
        target,
        bootId,
        reason: 'start',
        imageSha256: '11'.repeat(32),
        accelerator: 'tcg',
        qemuVersion: '7.2',
        qemuSha256: '22'.repeat(32),
        argvSha256: '33'.repeat(32),
        memoryMiB: 16,
      },
      ready,
    ],
  };
}
