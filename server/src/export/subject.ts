import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { AttemptFilter } from './attempt-filter.ts';
import { canonicalFilter } from './filter-text.ts';
import { FORMAT_NAMES } from './formats/format.ts';

/** Everything that the bytes of an export depend on. */
export const ExportSubject = Type.Object(
  {
    format: Type.Enum([...FORMAT_NAMES]),
    /** Whose fields are in it: the public's, or those of vetted researchers too. */
    tier: Type.Enum(['P', 'R']),
    snapshot: Type.Integer({ minimum: 0 }),
    filter: AttemptFilter,
    /** The UTC day by which embargoes are over or not; null where there is nothing under embargo. */
    asOf: Type.Union([Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type ExportSubject = Static<typeof ExportSubject>;

/** One line that is the same for the same export. */
export function subjectLine({ format, tier, snapshot, filter, asOf }: ExportSubject): string {
  return JSON.stringify({ format, tier, snapshot, filter: canonicalFilter(filter), asOf });
}

/** Reads such a line; null for anything else. */
export function readSubject(line: string): ExportSubject | null {
  try {
    const value: unknown = JSON.parse(line);
    return Value.Check(ExportSubject, value) ? value : null;
  } catch {
    return null;
  }
}
