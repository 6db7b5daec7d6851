import type { BTC_NETWORK } from '@scure/btc-signer/utils.js';
import { NETWORK, TEST_NETWORK } from '@scure/btc-signer/utils.js';
import { PinataError } from '../errors.ts';
import type { PrizePublic } from '../wire/facts.ts';

export type NetworkName = PrizePublic['network'];

/** Address and key prefixes. signet shares testnet's (BIP-325); regtest differs in the address prefix alone. */
const NETWORKS: Readonly<Record<NetworkName, BTC_NETWORK>> = Object.freeze({
  mainnet: NETWORK,
  testnet: TEST_NETWORK,
  signet: TEST_NETWORK,
  regtest: { ...TEST_NETWORK, bech32: 'bcrt' },
});

export function prefixesOf(network: NetworkName): BTC_NETWORK {
  return NETWORKS[network];
}

/** Checks the setting PINATA_NETWORK. Throws CONFIG_INVALID. */
export function parseNetwork(text: string): NetworkName {
  if (isNetwork(text)) return text;
  const why = `it must be one of ${Object.keys(NETWORKS).join(', ')}`;
  throw new PinataError('CONFIG_INVALID', { name: 'PINATA_NETWORK', why });
}

function isNetwork(text: string): text is NetworkName {
  return Object.hasOwn(NETWORKS, text);
}
