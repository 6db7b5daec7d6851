import { p2tr } from '@scure/btc-signer/payment.js';
import type { PrizePublic } from '../wire/facts.ts';
import { taprootDescriptor } from './descriptor.ts';
import { type NetworkName, prefixesOf } from './network.ts';

/**
 * The public side of a prize key: it is the internal key of a Taproot output without scripts (BIP-341, BIP-86), so that the
 * one key spends by the key path. `internalKey` is x-only, 32 bytes.
 */
export function prizePublic(internalKey: Uint8Array, network: NetworkName): PrizePublic {
  const output = p2tr(internalKey, undefined, prefixesOf(network));
  const internal = Buffer.from(internalKey).toString('hex');
  return {
    network,
    address: output.address,
    descriptor: taprootDescriptor(internal),
    internalKey: internal,
    outputKey: Buffer.from(output.tweakedPubkey).toString('hex'),
  };
}
