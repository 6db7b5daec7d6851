import type { SchemaElement } from 'hyparquet-writer';
import type { SchemaNode } from '../tiered-schema.ts';

/**
 * The schema of a Parquet file for records of a JSON Schema (parquet-format, "Logical Types"): objects are groups, lists are lists of
 * three levels, so that every reader shows the same shape as JSON does. Everything may be null, because a record of an earlier
 * version may lack what came later. Pure.
 */
export function parquetSchema(schema: SchemaNode): SchemaElement[] {
  const fields = Object.entries(schema.properties ?? {});
  return [{ name: 'attempt', num_children: fields.length }, ...fields.flatMap(([name, node]) => elements(name, node))];
}

const TIME = 'date-time';
const INT32_MAX = 2 ** 31 - 1;

function elements(
  name: string,
  node: SchemaNode,
  repetition: SchemaElement['repetition_type'] = 'OPTIONAL',
): SchemaElement[] {
  const options = node.anyOf?.filter(option => option.type !== 'null') ?? [node];
  const [option = node] = options;
  const shared = { name, repetition_type: repetition };
  if (option.properties) {
    const fields = Object.entries(option.properties);
    return [{ ...shared, num_children: fields.length }, ...fields.flatMap(([inner, of]) => elements(inner, of))];
  }
  if (option.items) {
    return [
      { ...shared, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...elements('element', option.items, 'REQUIRED'),
    ];
  }
  return [{ ...shared, ...scalar(options) }];
}

/** Makes values of a schema those that the writer takes: 64-bit integers as bigint, times as Date. Everything else stays as it is. */
export type Conversion = (value: unknown) => unknown;

/** The conversion of a field; null where its values may stay. */
export function conversionOf(node: SchemaNode): Conversion | null {
  const options = node.anyOf?.filter(option => option.type !== 'null') ?? [node];
  const [{ properties, items } = node] = options;
  if (properties) return conversionOfGroup(properties);
  if (items) {
    const convert = conversionOf(items);
    return convert && (value => (Array.isArray(value) ? value.map(convert) : value));
  }
  const { type, converted_type: converted } = scalar(options);
  if (converted === 'TIMESTAMP_MILLIS') return value => (typeof value === 'string' ? new Date(value) : value);
  return type === 'INT64' ? value => (typeof value === 'number' ? BigInt(value) : value) : null;
}

function conversionOfGroup(properties: Readonly<Record<string, SchemaNode>>): Conversion | null {
  const conversions = Object.entries(properties).flatMap(([name, node]): [string, Conversion][] => {
    const convert = conversionOf(node);
    return convert ? [[name, convert]] : [];
  });
  if (conversions.length === 0) return null;
  return value => {
    if (typeof value !== 'object' || value === null) return value;
    const changed = conversions.map(([name, convert]) => [name, convert(Reflect.get(value, name))]);
    return { ...value, ...Object.fromEntries(changed) };
  };
}

function scalar(options: readonly SchemaNode[]): Omit<SchemaElement, 'name'> {
  if (options.every(isWhole)) return { type: options.every(isSmall) ? 'INT32' : 'INT64' };
  if (options.every(({ type }) => type === 'number')) return { type: 'DOUBLE' };
  if (options.every(({ type }) => type === 'boolean')) return { type: 'BOOLEAN' };
  if (options.every(({ format }) => format === TIME)) {
    return {
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    };
  }
  return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
}

function isWhole({ type, const: value }: SchemaNode): boolean {
  return type === 'integer' || Number.isInteger(value);
}

function isSmall({ maximum, const: value }: SchemaNode): boolean {
  return (maximum ?? Number.POSITIVE_INFINITY) <= INT32_MAX || (typeof value === 'number' && value <= INT32_MAX);
}
