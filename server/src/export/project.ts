import { AttemptRecord } from '../wire/record.ts';
import { nodeOf, objectOf, type SchemaNode } from './tiered-schema.ts';

/**
 * The only way out of the house: cuts records down to the public tier, by the annotations of `wire/record.ts`. What is not named
 * there, or carries no tier, does not leave. Pure.
 */

/** A record as everybody may see it. Keys are in schema order, so that the same record is always the same text. */
export type PublicAttempt = Readonly<Record<string, unknown>>;

const RECORD = nodeOf(AttemptRecord);

/** The public tier of a record. */
export function project(record: unknown): PublicAttempt {
  return projectBy(RECORD, record);
}

/** The public tier of a record of any schema. */
export function projectBy(schema: SchemaNode, record: unknown): PublicAttempt {
  return publicObject(schema, record);
}

function publicObject(schema: SchemaNode, value: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  if (!isObject(value)) return result;
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    if (!Object.hasOwn(value, name)) continue;
    const given = value[name];
    if (node.tier === 'P') result[name] = known(node, given);
    else {
      const inner = publicInside(node);
      if (inner) result[name] = isObject(given) ? publicObject(inner, given) : null;
    }
  }
  return result;
}

/** The object schema of a node without a tier of its own, if there is anything public in it. */
function publicInside(node: SchemaNode): SchemaNode | undefined {
  const inner = node.tier === undefined ? objectOf(node) : undefined;
  const isPublic = (one: SchemaNode) => one.tier === 'P' || publicInside(one) !== undefined;
  return inner && Object.values(inner.properties ?? {}).some(isPublic) ? inner : undefined;
}

/** A public value, without keys that its schema does not name. */
function known(node: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = node.items;
    return items ? value.map(item => known(items, item)) : [];
  }
  if (!isObject(value)) return value;
  const properties = objectOf(node)?.properties ?? {};
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => Object.hasOwn(value, name))
      .map(([name, inner]) => [name, known(inner, value[name])]),
  );
}

/** The published JSON Schema: the record's, without fields of other tiers. */
export function publicSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'pinata.attempt/1, public tier',
    ...publicNode(RECORD),
  };
}

/** A schema without fields of other tiers, and without those that have none. */
export function publicNode(schema: SchemaNode): SchemaNode & Record<string, unknown> {
  return cutSchema(schema, 'below');
}

/** `below`: fields still choose by their tier. `inside`: the whole node is public. */
function cutSchema(node: SchemaNode, where: 'below' | 'inside'): Record<string, unknown> {
  const { tier: _, properties, required = [], items, anyOf, ...rest } = node;
  const cut: Record<string, unknown> = { ...rest };
  if (items) cut.items = cutSchema(items, where);
  if (anyOf) cut.anyOf = anyOf.map(option => cutSchema(option, where));
  if (!properties) return cut;
  const kept = Object.entries(properties).flatMap(([name, inner]): [string, Record<string, unknown>][] => {
    if (where === 'inside' || inner.tier === 'P') return [[name, cutSchema(inner, 'inside')]];
    return publicInside(inner) ? [[name, cutSchema(inner, 'below')]] : [];
  });
  const names = kept.map(([name]) => name);
  return { ...cut, properties: Object.fromEntries(kept), required: names.filter(name => required.includes(name)) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
