/**
 * Output descriptors of the form `tr(KEY)#checksum` (BIP-386, checksum of BIP-380). KEY is an x-only public key in hex, to
 * publish, or a WIF, to spend.
 */
export function taprootDescriptor(key: string): string {
  const text = `tr(${key})`;
  return `${text}#${descriptorChecksum(text)}`;
}

/** BIP-380 "Checksum": the character set in groups of 32, the output alphabet (bech32's), and the generator of the code. */
const INPUT_CHARSET =
  '0123456789()[],\'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';
const CHECKSUM_CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn] as const;
const CHECKSUM_LENGTH = 8;

/** The eight characters after `#`. Throws RangeError on a character that descriptors do not have. */
export function descriptorChecksum(descriptor: string): string {
  const symbols = [...expand(descriptor), ...Array.from({ length: CHECKSUM_LENGTH }, () => 0)];
  const checksum = symbols.reduce(polymod, 1n) ^ 1n;
  return Array.from({ length: CHECKSUM_LENGTH }, (_, i) => {
    return CHECKSUM_CHARSET[Number((checksum >> BigInt(5 * (CHECKSUM_LENGTH - 1 - i))) & 31n)];
  }).join('');
}

function polymod(state: bigint, symbol: number): bigint {
  const top = state >> 35n;
  const shifted = ((state & 0x7ffffffffn) << 5n) ^ BigInt(symbol);
  return GENERATOR.reduce((sum, term, bit) => ((top >> BigInt(bit)) & 1n ? sum ^ term : sum), shifted);
}

/** Each character gives its place in its group; the groups of three characters together give one symbol more. */
function* expand(text: string): Generator<number> {
  let groups: number[] = [];
  for (const character of text) {
    const position = INPUT_CHARSET.indexOf(character);
    if (position < 0) throw new RangeError('a descriptor has no such character');
    yield position & 31;
    groups.push(position >> 5);
    if (groups.length === 3) {
      yield packed(groups);
      groups = [];
    }
  }
  if (groups.length > 0) yield packed(groups);
}

function packed(groups: number[]): number {
  return groups.reduce((sum, group) => sum * 3 + group, 0);
}
