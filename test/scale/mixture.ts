import type { UnsealedRecord } from '../../server/src/store/publication.ts';
import type { Micros } from '../../server/src/wire/ids.ts';
import { Calendar } from './calendar.ts';
import { Dice } from './dice.ts';
import { type Choice, Repertoire } from './repertoire.ts';
import { sourceOf } from './sources.ts';
import { composeTemplates, type Template } from './templates.ts';

/** What a mixture is made from; the same options give the same mixture. */
export interface MixtureOptions {
  readonly seed: number;
  readonly attempts: number;
  /** Days that they spread over, the last of which ends at `endUs`. */
  readonly days: number;
  readonly endUs: Micros;
}

/** What differs between attempts of one template. */
export interface Particulars {
  readonly id: string;
  readonly startedUs: Micros;
  readonly startedAt: string;
  readonly durationUs: number;
  readonly bootId: string;
  readonly srcToken: string;
  readonly ipVersion: 4 | 6;
  readonly country: string;
  readonly srcPrefix: string;
  readonly clientRandom: string;
  readonly helloSha256: string;
  readonly spki: string;
  readonly claimTag: string;
  readonly commitments: { readonly source: string; readonly research: string; readonly transcript: string };
}

/** One attempt: which template, whether it carries a claim, and what is its own. */
export interface Planned {
  readonly template: Template;
  readonly claimed: boolean;
  /** It was published before its guest had told, and once more afterwards. */
  readonly revised: boolean;
  readonly particulars: Particulars;
}

/** One attempt in so many is published twice. */
const REVISED_EVERY = 97;
const CLAIMED_EVERY = 400;
const CLAIMS = 1500;
const KEYS = 4000;
/** A guest is restarted with new keys once a day. */
const BOOT_US = 86_400_000_000;

/** Attempts as they might come over months: their kinds, times and sources. Any of them can be made alone. */
export class Mixture {
  readonly #options: MixtureOptions;
  readonly #calendar: Calendar;
  readonly #repertoire: Repertoire;

  constructor(options: MixtureOptions, templates: readonly Template[] = composeTemplates()) {
    this.#options = options;
    this.#calendar = new Calendar(options);
    this.#repertoire = new Repertoire(options.seed, templates);
  }

  /** The attempt with this number, from 0. */
  attempt(index: number): Planned {
    const { seed, attempts } = this.#options;
    const dice = new Dice(seed, index);
    const { template, hasHello } = this.#repertoire.choose(dice, index / attempts);
    return {
      template,
      claimed: hasHello && dice.below(CLAIMED_EVERY) === 0,
      revised: isRevised(index),
      particulars: this.#particulars(dice, this.#calendar.startOf(index), template),
    };
  }

  #particulars(dice: Dice, startedUs: Micros, { record }: Choice['template']): Particulars {
    const { seed } = this.#options;
    const second = Math.floor(startedUs / 1e6) * 1000;
    return {
      id: uuid(second, dice),
      startedUs,
      startedAt: `${new Date(second).toISOString().slice(0, 19)}Z`,
      durationUs: record.durationUs + dice.below(record.durationUs + 1),
      bootId: bootOf(seed, record.target, startedUs),
      ...sourceOf(dice, seed, startedUs),
      clientRandom: dice.hex(32),
      helloSha256: dice.hex(32),
      spki: new Dice(seed, -1 - dice.rank(KEYS)).hex(32),
      claimTag: new Dice(seed, -1_000_000 - dice.rank(CLAIMS)).hex(20),
      commitments: { source: dice.hex(32), research: dice.hex(32), transcript: dice.hex(32) },
    };
  }
}

/** Where an attempt stands in the log: nothing but its number decides. */
export function placeOf(index: number): { seq: number; change: number } {
  return { seq: index + 1, change: index + 1 + Math.ceil(index / REVISED_EVERY) };
}

function isRevised(index: number): boolean {
  return index % REVISED_EVERY === 0;
}

/** A template's record with the particulars of one attempt in it. */
export function recordOf(base: UnsealedRecord, claimed: boolean, own: Particulars): UnsealedRecord {
  const { source, hello, certificate, result } = base;
  const { srcToken, ipVersion, country, srcPrefix, clientRandom, helloSha256 } = own;
  return {
    ...base,
    id: own.id,
    startedUs: own.startedUs,
    startedAt: own.startedAt,
    durationUs: own.durationUs,
    bootId: own.bootId,
    source: { ...source, srcToken, ipVersion, country, srcPrefix },
    hello: hello && { ...hello, clientRandom, helloSha256 },
    certificate: certificate.leafSpkiSha256 === null ? certificate : { ...certificate, leafSpkiSha256: own.spki },
    result: claimed ? { ...result, claimTag: own.claimTag } : result,
    commitments: own.commitments,
  };
}

function bootOf(seed: number, target: string, startedUs: Micros): string {
  const day = Math.floor(startedUs / BOOT_US);
  return uuid((day * BOOT_US) / 1000, new Dice(seed ^ target.length, day));
}

/** A UUIDv7 (RFC 9562 §5.7) whose random bits are the dice's. */
function uuid(unixMs: number, dice: Dice): string {
  const time = unixMs.toString(16).padStart(12, '0');
  const random = dice.hex(12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}
