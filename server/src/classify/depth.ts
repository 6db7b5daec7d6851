import { Version } from '../tls/protocol.ts';
import type { GuestEventKind } from '../wire/guest-event.ts';
import type { Case } from './case.ts';

/** What the guest says that proves a depth of its own. */
const TOLD: readonly (readonly [number, readonly GuestEventKind[]])[] = [
  [8, ['released']],
  [7, ['finished']],
  [6, ['possession_ok']],
  [5, ['chain_ok', 'possession_rejected']],
  [4, ['chain_rejected']],
];

/**
 * How far the attacker got, 0 to 8 (the names are `DEPTHS`). Proved by the guest's word or by what was readable on the wire, never
 * guessed: without the guest's events it ends at 3. `released` is the conclusion that the secret went out.
 */
export function depthOf(c: Case, released: boolean): number {
  const told = TOLD.find(([, kinds]) => kinds.some(kind => c.guest.kinds.has(kind)))?.[0] ?? 0;
  const certificate = (c.guest.certificate?.count ?? 0) > 0 ? 4 : 0;
  return Math.max(released ? 8 : 0, told, certificate, depthOnTheWire(c));
}

function depthOnTheWire(c: Case): number {
  if (c.bytesIn === 0) return 0;
  if (negotiated(c)) return 3;
  const { observation, open } = c.evidence;
  const saidHello = open.guestRole === 'server' && c.guest.kinds.has('client_hello');
  return observation.helloState === 'complete' || saidHello ? 2 : 1;
}

/** Version, suite and group are agreed: our ServerHello says so; theirs only if it takes up what we offered. */
function negotiated({ evidence, guest }: Case): boolean {
  const { serverHello, clientHello } = evidence.observation;
  if (evidence.open.guestRole === 'server') return serverHello !== null || guest.kinds.has('server_flight');
  if (serverHello === null || serverHello.selectedVersion !== Version.tls13) return false;
  const { cipher, group } = serverHello;
  if (group === null || clientHello === null) return false;
  return clientHello.ciphers.includes(cipher) && clientHello.groups.includes(group);
}
