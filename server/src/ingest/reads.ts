import type { Read } from '../classify/evidence.ts';
import type { GatewayPart } from './attempt-facts.ts';

/** The attacker's reads, as the gateway noted them. */
export function readsOf(gateway: readonly GatewayPart[]): Read[] {
  return gateway.flatMap(fact =>
    fact.kind === 'data' && fact.dir === 'in'
      ? [{ at: fact.at, length: Buffer.byteLength(fact.bytes, 'base64'), t: fact.t }]
      : [],
  );
}
