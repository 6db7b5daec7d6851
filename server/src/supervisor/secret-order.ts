import type { NetworkName } from '../keys/network.ts';
import type { GivenAuthority } from '../wire/channel-host.ts';
import type { BootOrder, Given } from './provisioning.ts';

/**
 * What the supervisor and the process that holds the secret for a moment say to each other: one JSON object per line. Nothing in
 * it is secret but the preface key, and that is the supervisor's own.
 */
export type SecretOrder =
  | { kind: 'check'; file: string; network: NetworkName; make: boolean }
  | { kind: 'provide'; file: string; boot: WireBootOrder };

/** The second line of a `provide`: the guest has said hello. */
export interface Go {
  seq: number;
}

export type SecretAnswer =
  | { given: Given }
  | { checked: true }
  | { error: { code: string; details: Record<string, string | number> } };

/** A BootOrder whose byte strings are base64. */
export type WireBootOrder = Omit<BootOrder, 'prefaceKey' | 'authority'> & {
  prefaceKey: string;
  authority: Record<keyof GivenAuthority, string> | null;
};

export function toWire(order: BootOrder): WireBootOrder {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    ...order,
    prefaceKey: base64(order.prefaceKey),
    authority: order.authority && mapAuthority(order.authority, base64),
  };
}

export function fromWire(order: WireBootOrder): BootOrder {
  const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
  return {
    ...order,
    prefaceKey: bytes(order.prefaceKey),
    authority: order.authority && mapAuthority(order.authority, bytes),
  };
}

function mapAuthority<A, B>(
  of: Record<keyof GivenAuthority, A>,
  map: (value: A) => B,
): Record<keyof GivenAuthority, B> {
  return {
    ca: map(of.ca),
    server: map(of.server),
    client: map(of.client),
    serverKey: map(of.serverKey),
    clientKey: map(of.clientKey),
  };
}
