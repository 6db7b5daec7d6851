import type { TSchema } from 'typebox';
import type { Tier } from '../wire/record.ts';

/** The parts of a JSON Schema that a record is walked by. */
export interface SchemaNode {
  readonly type?: string;
  readonly tier?: Tier;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** Names of the properties that are always there. */
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly maximum?: number;
}

/** Views a TypeBox schema as the plain JSON Schema that it is. */
export function nodeOf(schema: TSchema): SchemaNode {
  return schema;
}

/** The object schema of a node, also where it may be null. Undefined for anything else. */
export function objectOf(node: SchemaNode): SchemaNode | undefined {
  if (node.properties) return node;
  return node.anyOf?.find(option => option.properties);
}

/** True where null is one of the values. */
export function isNullable(node: SchemaNode): boolean {
  return node.anyOf?.some(option => option.type === 'null') ?? false;
}

/** One field that carries a tier of its own, under its dotted name. */
export interface TieredField {
  readonly path: readonly string[];
  readonly node: SchemaNode;
  readonly tier: Tier | undefined;
}

/** Every field of a record in schema order: those with a tier, and those that lack one although nothing below has one. */
export function fieldsOf(schema: SchemaNode, above: readonly string[] = []): TieredField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, node]) => {
    const path = [...above, name];
    const inner = node.tier === undefined ? objectOf(node) : undefined;
    return inner ? fieldsOf(inner, path) : [{ path, node, tier: node.tier }];
  });
}
