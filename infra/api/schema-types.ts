/** The part of JSON Schema (2020-12) that the public API is described with. */
export interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  integer: 'number',
  number: 'number',
  string: 'string',
  boolean: 'boolean',
  null: 'null',
};

/**
 * Named schemas as TypeScript. Wherever one of them stands within another, its name is written. Throws on a keyword that it cannot
 * express rather than to guess. Pure.
 */
export function typesOf(named: ReadonlyMap<string, Schema>): string {
  const names = new Map([...named].map(([name, schema]) => [identityOf(schema), name]));
  return [...named].map(([name, schema]) => declarationOf(name, schema, names)).join('\n');
}

type Names = ReadonlyMap<string, string>;

function declarationOf(name: string, schema: Schema, names: Names): string {
  return `${comment(schema, '')}export type ${name} = ${bodyOf(schema, names, '')};\n`;
}

/** The same schema described twice is the same. */
function identityOf({ title: _title, description: _description, ...schema }: Schema): string {
  return JSON.stringify(schema);
}

function typeOf(schema: Schema, names: Names, indent: string): string {
  return names.get(identityOf(schema)) ?? bodyOf(schema, names, indent);
}

function bodyOf(schema: Schema, names: Names, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(one => typeOf(one, names, indent)).join(' | ');
  if (schema.type === 'array') return `${grouped(typeOf(schema.items ?? {}, names, indent))}[]`;
  if (schema.type === 'object') return objectOf(schema, names, indent);
  if (schema.type === undefined) return 'unknown';
  const primitive = PRIMITIVES[schema.type];
  if (primitive === undefined) throw new TypeError(`no type for ${JSON.stringify(schema)}`);
  return primitive;
}

function objectOf(schema: Schema, names: Names, indent: string): string {
  const { properties = {}, required = [], patternProperties, additionalProperties } = schema;
  const entries = Object.entries(properties);
  const [others] = Object.values(patternProperties ?? {});
  const open = others ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  if (open) {
    if (entries.length > 0) throw new TypeError(`no type for ${JSON.stringify(schema)}`);
    return `Record<string, ${typeOf(open, names, indent)}>`;
  }
  if (entries.length === 0) return 'Record<string, never>';
  const inner = `${indent}  `;
  const lines = entries.map(([name, of]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${comment(of, inner)}${inner}${key}${required.includes(name) ? '' : '?'}: ${typeOf(of, names, inner)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function grouped(type: string): string {
  return /^[\w.]+$/.test(type) || type.startsWith('{') ? type : `(${type})`;
}

function comment({ description }: Schema, indent: string): string {
  return description ? `${indent}/** ${description.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n` : '';
}
