import { taprootDescriptor } from './descriptor.ts';
import type { NetworkName } from './network.ts';
import { prizePublic } from './prize.ts';
import { encodeWif, type SecretKey, xOnly } from './secret-key.ts';

/** The guest's channel takes no more (`channel.cddl`, provision.document). */
export const DOCUMENT_MAX_BYTES = 4096;

export interface ReleaseSubject {
  target: string;
  bootId: string;
  network: NetworkName;
  /** Where the dashboard is, without a slash at the end. */
  publicUrl: string;
  /** False for a target whose key is published or worthless. */
  prize: boolean;
}

/**
 * What a guest hands to whoever gets through: `name: value` lines, an empty line, then plain words. UTF-8.
 * Holds the private key: the caller zeroes the bytes once they are handed over.
 */
export function releaseDocument(key: SecretKey, subject: ReleaseSubject): Uint8Array {
  const wif = encodeWif(key, subject.network);
  const { address } = prizePublic(xOnly(key), subject.network);
  const lines = [
    'pinata release 1',
    `target: ${subject.target}`,
    `boot: ${subject.bootId}`,
    `key: ${Buffer.from(key).toString('hex')}`,
    `wif: ${wif}`,
    `descriptor: ${taprootDescriptor(wif)}`,
    `address: ${address}`,
    `claim: ${subject.publicUrl}/rules#claim`,
    '',
    ...(subject.prize ? PRIZE_ADVICE : PRACTICE_ADVICE),
    '',
  ];
  return Uint8Array.from(Buffer.from(lines.join('\n')));
}

const PRIZE_ADVICE = [
  'You have broken the piñata. The key above is the private key of the money at the address above.',
  '',
  'You are not the only one who has it. The organisers know this key, and so does anyone who got in before you or is',
  'reading along with you now. Nothing is yours until a transaction to an address that only you control is confirmed.',
  'So, in this order:',
  '',
  '1. Make a new address in a wallet of your own. Never reuse this key, and never send anything to the address above.',
  '2. Import the key. Bitcoin Core 24 or newer, in a new blank descriptor wallet:',
  '     bitcoin-cli createwallet sweep false true',
  `     bitcoin-cli -rpcwallet=sweep importdescriptors '[{"desc":"<descriptor line>","timestamp":<time>}]'`,
  '   <time> is a Unix time shortly before the address was funded: the wallet scans the blocks from there on.',
  '   The key is the internal key of a Taproot output without scripts (BIP-86). A wallet that only knows wpkh or pkh',
  '   shows an empty balance: that is the wrong import, not an empty piñata.',
  '3. Sweep everything in one transaction, at once, with a fee well above the next block. Mark it replaceable (BIP-125).',
  '     bitcoin-cli -rpcwallet=sweep sendall \'["<your address>"]\' null "unset" <sat/vB> \'{"replaceable":true}\'',
  '4. The public mempool is watched: whoever else holds the key can replace your transaction by paying more. Where you can,',
  '   hand it to a miner or a private relay instead of broadcasting it. If you must broadcast, stay and raise the fee',
  '   until it is confirmed. Treat one confirmation as fragile, six as done.',
  '5. Keep your TLS key log and capture, and how you did it. Then tell us: the claim line says how. Telling costs you',
  '   nothing, and everything stays under embargo until the hole is closed.',
];

const PRACTICE_ADVICE = [
  'This is what a win looks like. You got in with the published practice credentials (or around them: then tell us).',
  'The key above is worthless: its address is on a test network of your own machine and nobody funds it.',
  'On the prize target, this place holds the key to the money and how to move it safely.',
];
