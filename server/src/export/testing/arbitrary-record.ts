import fc from 'fast-check';
import { type AttemptRecord, AttemptRecord as RecordSchema } from '../../wire/record.ts';
import { nodeOf, type SchemaNode } from '../tiered-schema.ts';

/** Texts that attackers would send: formula starts, quotes, line breaks, markup, other scripts; nothing PostgreSQL cannot store. */
const hostileText = (maxLength: number): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.string({ maxLength, unit: 'grapheme' }),
      fc
        .tuple(
          fc.constantFrom(
            '=',
            '+',
            '-',
            '@',
            '\t',
            '\r',
            '\n',
            "'",
            "''",
            '"',
            ',',
            '\uff1d',
            '</script>',
            '\u2028',
            '',
          ),
          fc.string({ maxLength: 12 }),
        )
        .map(([start, rest]) => start + rest),
    )
    .map(text => text.replaceAll('\0', '').slice(0, maxLength).toWellFormed());

/** Values of a schema; only what `wire/record.ts` uses of JSON Schema. */
function arbitraryOf(node: SchemaNode & JsonSchemaLimits): fc.Arbitrary<unknown> {
  if (node.anyOf) return fc.oneof(...node.anyOf.map(arbitraryOf));
  if (node.enum) return fc.constantFrom(...node.enum);
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.properties) {
    const fields = Object.entries(node.properties).map(([name, inner]) => [name, arbitraryOf(inner)]);
    return fc.record<Record<string, unknown>>(Object.fromEntries(fields), { noNullPrototype: true });
  }
  switch (node.type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: node.minimum ?? 0, max: node.maximum ?? 2 ** 31 - 1 });
    case 'number':
      return fc.integer({ min: 0, max: 100 }).map(hundredths => hundredths / 100);
    case 'array':
      return fc.array(arbitraryOf(node.items ?? {}), { maxLength: Math.min(node.maxItems ?? 4, 4) });
    case 'string':
      return textOf(node);
    default:
      return fc.constant(null);
  }
}

interface JsonSchemaLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

function textOf({ pattern, format, maxLength }: JsonSchemaLimits): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'uuid') return fc.uuid({ version: 7 });
  if (format === 'date-time') return fc.constant('2026-11-24T08:00:00Z');
  return hostileText(maxLength ?? 40);
}

/** Whole records, all tiers, as hostile as the schema allows. */
export const arbitraryRecord = arbitraryOf(nodeOf(RecordSchema)) as fc.Arbitrary<AttemptRecord>;
