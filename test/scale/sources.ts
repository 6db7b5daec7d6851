import { Dice } from './dice.ts';

/** What of a source is its own. */
export interface SourceParticulars {
  readonly srcToken: string;
  readonly ipVersion: 4 | 6;
  readonly country: string;
  readonly srcPrefix: string;
}

/** Addresses in all. The n-th comes about 1/n as often as the first. */
const SOURCES = 60_000;
/** From the most frequent to the rarest; a few are as good as never seen, and some addresses are in no country that is known. */
const COUNTRIES =
  `US CN ZZ DE NL RU GB FR SG IN BR HK JP KR CA VN ID UA PL IT SE TW ES TR BG RO CZ AU AR MX ZA CH FI TH MY IR
  LT AT BE NO DK IE PT IL CL CO EG PK BD PH KZ GR HU LV EE SK RS SC MD PA CY LU IS NZ MT LI`.split(/\s+/);
const DAY_US = 86_400_000_000;

/** The source of an attempt: its token is another each day, as that of an address is. */
export function sourceOf(dice: Dice, seed: number, startUs: number): SourceParticulars {
  const number = dice.rank(SOURCES);
  const own = new Dice(seed, number);
  const country = COUNTRIES[own.rank(COUNTRIES.length)] ?? 'ZZ';
  const isSix = own.below(12) === 0;
  const day = Math.floor(startUs / DAY_US);
  return {
    srcToken: new Dice(seed + number, day).hex(16),
    ipVersion: isSix ? 6 : 4,
    country,
    srcPrefix: isSix ? `2001:db8:${own.hex(4).slice(0, 4)}::/48` : `198.${own.below(256)}.${own.below(256)}.0/24`,
  };
}
