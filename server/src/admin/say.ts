import { isIP } from 'node:net';

/** Words with what may stand around an address in a sentence taken off, an address's own port and length included. */
const AROUND = /^[[("'<]+|[\])"'>.,;:!?]+$/g;
const LENGTH_OR_PORT = /(?:\/\d{1,3}|\]?:\d{1,5})$/;

/** An organiser's reason without the addresses in it: these are gone after thirty days, and the log stays. Pure. */
export function withoutAddresses(text: string): string {
  return text
    .split(/(\s+)/)
    .map(word => (isAddressWord(word) ? '[address]' : word))
    .join('');
}

function isAddressWord(word: string): boolean {
  const bare = word.replace(AROUND, '');
  return isIP(bare) !== 0 || isIP(bare.replace(LENGTH_OR_PORT, '').replace(AROUND, '')) !== 0;
}
