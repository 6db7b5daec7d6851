import type { NetworkName } from '../keys/network.ts';
import type { PracticeAuthority } from '../keys/practice-authority.ts';
import type { GuestLimits } from '../wire/facts.ts';
import type { Provider } from './provider.ts';

/** A target as it is configured: what its guest is given at each boot, and where that comes from. */
export interface TargetPlan {
  readonly name: string;
  /** The number of its machine among those that run at the same time. */
  readonly place: number;
  /** True where the key is money. */
  readonly prize: boolean;
  readonly network: NetworkName;
  readonly publicUrl: string;
  readonly limits: GuestLimits;
  /** Reads the key from its file, each time anew. */
  readonly provider: Provider;
  /** Null: the authority is born in the guest. */
  readonly authority: PracticeAuthority | null;
}

/** Base64 of the certificates that a guest is given. */
export function certificatesOf(
  authority: PracticeAuthority | null,
): { ca: string; server: string; client: string } | null {
  if (!authority) return null;
  const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
  const { ca, server, client } = authority.given;
  return { ca: base64(ca), server: base64(server), client: base64(client) };
}
