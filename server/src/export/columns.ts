import { AttemptRecord } from '../wire/record.ts';
import { fieldsOf, isNullable, nodeOf, type SchemaNode } from './tiered-schema.ts';

/** How a CSV cell of a column is to be read. `json` cells hold JSON text. */
export type CellType = 'string' | 'integer' | 'number' | 'boolean' | 'json';

/** One CSV column: a public field, or one below a public field that has a fixed shape. */
export interface Column {
  /** Dotted, e.g. `hello.ja4`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly type: CellType;
  readonly nullable: boolean;
}

/** The columns of a CSV file, in order. Derived from the record's schema, so that the two cannot differ. */
export const COLUMNS: readonly Column[] = columnsOf(nodeOf(AttemptRecord));

/** The columns of records of any schema. */
export function columnsOf(schema: SchemaNode): Column[] {
  return fieldsOf(schema)
    .filter(field => field.tier === 'P')
    .map(({ path, node }) => ({
      name: path.join('.'),
      path,
      type: cellType(node),
      nullable: isNullable(node) || path[0] === 'hello',
    }));
}

function cellType(node: SchemaNode): CellType {
  const options = node.anyOf?.filter(option => option.type !== 'null') ?? [node];
  if (options.some(option => option.properties || option.type === 'array')) return 'json';
  for (const type of ['integer', 'number', 'boolean'] as const) {
    if (options.every(option => option.type === type)) return type;
  }
  return 'string';
}
