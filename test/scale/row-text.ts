import { createHash } from 'node:crypto';
import { COLUMNS } from '../../server/src/store/attempt-rows.ts';
import type { UnsealedRecord } from '../../server/src/store/publication.ts';
import { sealRecord } from '../../server/src/store/seal.ts';
import { canonicalJson } from '../../server/src/trust/canonical-json.ts';
import type { AttemptRecord } from '../../server/src/wire/record.ts';
import { type Particulars, recordOf } from './mixture.ts';

/**
 * Lines of `copy attempt from stdin` (text format). A record is sealed and written out once per template, with marks where the
 * particulars go; a line is then made by filling in the marks, leaf hash included, which is many times quicker than doing all of it
 * for each row. A test holds these lines equal to the rows of the writer.
 */

/** Where a row stands in the log. */
export interface RowPlace {
  readonly seq: number;
  readonly revision: number;
  readonly change: number;
  readonly supersededChange: number | null;
}

export const COPY_ATTEMPTS = (table: string) =>
  `copy ${table} (${[...COLUMNS.map(([name]) => name), 'classes', 'record', 'leaf', 'leaf_hash', 'superseded_change'].join(', ')}) from stdin`;

type Fill = Readonly<Record<string, string | number>>;

export class RowText {
  readonly #line: Pieces;
  readonly #leaf: Pieces;

  constructor(base: UnsealedRecord, { claimed, isLean }: { claimed: boolean; isLean: boolean }) {
    const { record, leaf } = sealRecord(recordOf(base, claimed, MARKED), MARKED_PLACE);
    const marked = { ...record, leafHash: HASH_MARK };
    this.#line = new Pieces(
      [
        ...COLUMNS.map(([, , value]) => cell(value(marked))),
        cell(`{${record.result.classes.map(({ id }) => JSON.stringify(id)).join(',')}}`),
        cell(JSON.stringify(isLean ? essence(marked) : marked)),
        cell(JSON.stringify(isLean ? {} : leaf)),
        HASH_MARK,
        SUPERSEDED_MARK,
      ].join('\t'),
    );
    this.#leaf = new Pieces(canonicalJson(leaf));
  }

  line(own: Particulars, place: RowPlace): string {
    const fill: Fill = {
      ...{ id: own.id, startedUs: own.startedUs, startedAt: own.startedAt, durationUs: own.durationUs },
      ...{ bootId: own.bootId, srcToken: own.srcToken, ipVersion: own.ipVersion, country: own.country },
      ...{ srcPrefix: own.srcPrefix, clientRandom: own.clientRandom, helloSha256: own.helloSha256 },
      ...{ spki: own.spki, claimTag: own.claimTag, ...own.commitments },
      ...{ seq: place.seq, revision: place.revision, change: place.change },
    };
    const leafHash = createHash('sha256').update(this.#leaf.fill(fill)).digest('hex');
    return this.#line.fill({ ...fill, leafHash, supersededChange: place.supersededChange ?? '\\N' });
  }
}

/** What of a record is read where no record is shown. */
function essence({ id, source, result }: AttemptRecord): unknown {
  const { alertsSent, classifier } = result;
  return { id, source: { geoDb: source.geoDb }, result: { alertsSent, classifier } };
}

/** A text with marks in it, cut at these. */
class Pieces {
  readonly #texts: readonly string[];
  readonly #names: readonly string[];

  constructor(text: string) {
    const parts = text.split(ANY_MARK);
    this.#texts = parts.filter((_, index) => index % 2 === 0);
    this.#names = parts.filter((_, index) => index % 2 === 1).map(mark => NAMES.get(mark) ?? mark);
  }

  fill(values: Fill): string {
    let text = this.#texts[0] ?? '';
    for (const [index, name] of this.#names.entries()) text += `${values[name]}${this.#texts[index + 1]}`;
    return text;
  }
}

/** A cell as COPY reads it (PostgreSQL's manual, COPY, text format). */
function cell(value: string | number | boolean | null): string {
  if (value === null) return '\\N';
  return String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** Marks of texts hold their field's name; those of numbers are numbers that nothing else is. */
const text = (name: string) => `<<${name}>>`;
const NUMBERS = { startedUs: 8_111_111_000_001, durationUs: 8_111_111_000_002, ipVersion: 8_111_111_000_003 } as const;
const PLACES = { seq: 8_111_111_000_004, revision: 8_111_111_000_005, change: 8_111_111_000_006 } as const;
const HASH_MARK = text('leafHash');
const SUPERSEDED_MARK = text('supersededChange');

const MARKED = {
  ...NUMBERS,
  ...{ id: text('id'), startedAt: text('startedAt'), bootId: text('bootId'), srcToken: text('srcToken') },
  ...{ country: text('country'), srcPrefix: text('srcPrefix'), clientRandom: text('clientRandom') },
  ...{ helloSha256: text('helloSha256'), spki: text('spki'), claimTag: text('claimTag') },
  commitments: { source: text('source'), research: text('research'), transcript: text('transcript') },
  // A mark is no version; it only has to be a number that can be found again.
} as unknown as Particulars;
const MARKED_PLACE = PLACES;

const NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ ...NUMBERS, ...PLACES }).map(([name, number]) => [String(number), name] as const),
  ...`id startedAt bootId srcToken country srcPrefix clientRandom helloSha256 spki claimTag source research transcript leafHash
    supersededChange`
    .split(/\s+/)
    .map(name => [text(name), name] as const),
]);
const ANY_MARK = /(<<\w+>>|811111100000\d)/;
