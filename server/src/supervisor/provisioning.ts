import { randomBytes } from 'node:crypto';
import { PinataError } from '../errors.ts';
import type { NetworkName } from '../keys/network.ts';
import type { PracticeAuthority } from '../keys/practice-authority.ts';
import { prizePublic } from '../keys/prize.ts';
import { releaseDocument } from '../keys/release-document.ts';
import { newSecretKey, type SecretKey, xOnly } from '../keys/secret-key.ts';
import type { KeyRole } from '../wire/channel.ts';
import type { Provision } from '../wire/channel-host.ts';
import type { GuestLimits, PrizePublic, PublishedCredentials } from '../wire/facts.ts';
import { type BootId, nowMicros } from '../wire/ids.ts';

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
  /** Reads the key from its file, each time anew. The caller zeroes it. */
  readonly readKey: () => SecretKey;
  /** Null: the authority is born in the guest. */
  readonly authority: PracticeAuthority | null;
}

/** What one guest is given, and what it must answer to be believed. */
export interface Provisioning {
  readonly provision: Provision;
  readonly expected: {
    authority: 'born' | 'given';
    keys: { role: KeyRole; xOnly: string }[];
    /** Base64 of DER; null where the guest makes them. */
    certificates: { ca: string; server: string; client: string } | null;
  };
  readonly prize: PrizePublic | null;
  readonly credentials: PublishedCredentials | null;
  /** Zeroes every secret in `provision`. */
  forget(): void;
}

/**
 * Gathers what a new guest is given. The vault key is the target's own; the heap key is made for this boot alone, lies in the
 * guest's ordinary memory, and is known to nobody afterwards: who signs with it has read that memory.
 * Throws AUTHORITY_GIVEN_TO_PRIZE and the errors of the secret's file.
 */
export function makeProvisioning(plan: TargetPlan, bootId: BootId, imageSha256: string): Provisioning {
  if (plan.prize && plan.authority) throw new PinataError('AUTHORITY_GIVEN_TO_PRIZE');
  const vault = plan.readKey();
  const heap = newSecretKey();
  const document = releaseDocument(vault, { ...plan, target: plan.name, bootId });
  const prefaceKey = new Uint8Array(randomBytes(32));
  const provision: Provision = {
    target: plan.name,
    bootId,
    image: Uint8Array.from(Buffer.from(imageSha256, 'hex')),
    wall: nowMicros(),
    tscKhz: 0,
    limits: plan.limits,
    prefaceKey,
    document,
    keys: [
      { role: 'vault', key: vault },
      { role: 'heap', key: heap },
    ],
    authority: plan.authority?.given ?? null,
  };
  const keys = provision.keys.map(({ role, key }) => ({ role, xOnly: Buffer.from(xOnly(key)).toString('hex') }));
  return {
    provision,
    expected: { authority: plan.authority ? 'given' : 'born', keys, certificates: certificatesOf(plan.authority) },
    prize: plan.prize ? prizePublic(xOnly(vault), plan.network) : null,
    credentials: plan.authority?.credentials ?? null,
    forget: () => {
      for (const secret of [vault, heap, document, prefaceKey]) secret.fill(0);
    },
  };
}

function certificatesOf(authority: PracticeAuthority | null): Provisioning['expected']['certificates'] {
  if (!authority) return null;
  const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
  const { ca, server, client } = authority.given;
  return { ca: base64(ca), server: base64(server), client: base64(client) };
}
