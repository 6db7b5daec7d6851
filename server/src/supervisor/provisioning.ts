import { randomBytes } from 'node:crypto';
import { PinataError } from '../errors.ts';
import type { NetworkName } from '../keys/network.ts';
import { prizePublic } from '../keys/prize.ts';
import { releaseDocument } from '../keys/release-document.ts';
import { newSecretKey, type SecretKey, xOnly } from '../keys/secret-key.ts';
import type { KeyRole } from '../wire/channel.ts';
import { encodeHostFrame, type GivenAuthority } from '../wire/channel-host.ts';
import type { GuestLimits, PrizePublic } from '../wire/facts.ts';
import { type BootId, nowMicros } from '../wire/ids.ts';

/** All that one boot of a target is given, but for its keys. */
export interface BootOrder {
  readonly target: string;
  /** True where the key is money. */
  readonly prize: boolean;
  readonly network: NetworkName;
  readonly publicUrl: string;
  readonly limits: GuestLimits;
  readonly bootId: BootId;
  readonly imageSha256: string;
  /** 32 bytes. */
  readonly prefaceKey: Uint8Array;
  /** Null: the authority is born in the guest. */
  readonly authority: GivenAuthority | null;
}

/** The public side of what a guest was given: what it must answer to be believed. */
export interface Given {
  keys: { role: KeyRole; xOnly: string }[];
  prize: PrizePublic | null;
}

/** A provision that is ready to be sent. */
export interface Provisioning {
  readonly given: Given;
  /** The frame's bytes, under a number of the host's frames. They hold secrets: zero them once they are sent. */
  frame(seq: number): Uint8Array;
}

/**
 * Gathers what a new guest is given. The vault key is the target's own; the heap key is made for this boot alone, lies in the
 * guest's ordinary memory, and is known to nobody afterwards: who signs with it has read that memory.
 * Takes over `vault`. Throws AUTHORITY_GIVEN_TO_PRIZE.
 */
export function makeProvisioning(order: BootOrder, vault: SecretKey): Provisioning {
  if (order.prize && order.authority) throw new PinataError('AUTHORITY_GIVEN_TO_PRIZE');
  const { target, bootId, limits, prefaceKey, authority } = order;
  const heap = newSecretKey();
  const document = releaseDocument(vault, order);
  const image = Uint8Array.from(Buffer.from(order.imageSha256, 'hex'));
  const keys = [
    { role: 'vault', key: vault },
    { role: 'heap', key: heap },
  ] as const;
  return {
    given: {
      keys: keys.map(({ role, key }) => ({ role, xOnly: Buffer.from(xOnly(key)).toString('hex') })),
      prize: order.prize ? prizePublic(xOnly(vault), order.network) : null,
    },
    frame: seq => {
      const clock = { wall: nowMicros(), tscKhz: 0 };
      const provision = { target, bootId, image, ...clock, limits, prefaceKey, document, keys: [...keys], authority };
      return encodeHostFrame(seq, { type: 'provision', provision });
    },
  };
}

export function newPrefaceKey(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}
