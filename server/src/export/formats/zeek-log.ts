import type { PublicAttempt } from '../project.ts';
import { valueAt } from '../value-at.ts';

/** The types of Zeek's logs that are used here (Zeek manual, "Types" and "Zeek Log Formats"). */
export type ZeekType =
  | 'time'
  | 'string'
  | 'addr'
  | 'port'
  | 'enum'
  | 'count'
  | 'int'
  | 'interval'
  | 'bool'
  | 'vector[string]'
  | 'set[string]'
  | 'vector[addr]';

/** One column. A value that is undefined or null is written as unset. */
export interface ZeekField {
  readonly name: string;
  readonly type: ZeekType;
  /** Dotted names of the public fields that it is made of; none: it is always unset, because the record does not tell it. */
  readonly from: readonly string[];
  /** Left out: the value as it is. */
  readonly make?: (...values: readonly unknown[]) => unknown;
}

/** One kind of log: its columns, and which attempts have a line. */
export interface ZeekLog {
  readonly path: string;
  readonly fields: readonly ZeekField[];
  /** Made of public fields, as a column is. */
  readonly holds: Pick<ZeekField, 'from'> & { readonly make: (...values: readonly unknown[]) => boolean };
}

const SEPARATOR = '\t';
const SET_SEPARATOR = ',';
const EMPTY = '(empty)';
const UNSET = '-';

/**
 * The header lines of a log of tab-separated values. `#open` and `#close` are left out: they would say when it was written, and the same
 * export would never be the same bytes.
 */
export function zeekHeader({ path, fields }: ZeekLog): string {
  return [
    '#separator \\x09',
    `#set_separator${SEPARATOR}${SET_SEPARATOR}`,
    `#empty_field${SEPARATOR}${EMPTY}`,
    `#unset_field${SEPARATOR}${UNSET}`,
    `#path${SEPARATOR}${path}`,
    ['#fields', ...fields.map(({ name }) => name)].join(SEPARATOR),
    ['#types', ...fields.map(({ type }) => type)].join(SEPARATOR),
    '',
  ].join('\n');
}

/** The line of an attempt, tab-separated; nothing where the log does not hold it. */
export function zeekLine(log: ZeekLog, attempt: PublicAttempt): string {
  if (!holds(log, attempt)) return '';
  const cells = log.fields.map(field => cell(fieldValue(field, attempt)));
  return `${cells.join(SEPARATOR)}\n`;
}

/** The same as a JSON object. As Zeek does it, what is unset is left out. */
export function zeekJsonLine(log: ZeekLog, attempt: PublicAttempt): string {
  if (!holds(log, attempt)) return '';
  const members = log.fields.flatMap((field): [string, unknown][] => {
    const value = fieldValue(field, attempt);
    return value === null || value === undefined ? [] : [[field.name, value]];
  });
  return `${JSON.stringify(Object.fromEntries(members))}\n`;
}

function holds({ holds: { from, make } }: ZeekLog, attempt: PublicAttempt): boolean {
  return make(...from.map(name => valueAt(attempt, pathOf(name))));
}

function fieldValue({ from, make, type }: ZeekField, attempt: PublicAttempt): unknown {
  const values = from.map(name => valueAt(attempt, pathOf(name)));
  const value = make ? make(...values) : values[0];
  return type === 'time' && typeof value === 'string' ? Date.parse(value) / 1000 : value;
}

const paths = new Map<string, readonly string[]>();

function pathOf(name: string): readonly string[] {
  const path = paths.get(name) ?? name.split('.');
  paths.set(name, path);
  return path;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return UNSET;
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return EMPTY;
    return value.map(one => cell(one).replaceAll(SET_SEPARATOR, hexEscape)).join(SET_SEPARATOR);
  }
  return value === '' ? EMPTY : escaped(String(value));
}

/** Control characters, and the backslash that begins an escape. */
const SPECIAL = /[\p{Cc}\\]/gu;

/** As Zeek writes it; the first character too of what would be taken for unset or for empty. */
function escaped(text: string): string {
  const plain = text.replaceAll(SPECIAL, hexEscape);
  return plain === UNSET || plain === EMPTY ? hexEscape(plain.charAt(0)) + plain.slice(1) : plain;
}

/** Its bytes in UTF-8, each as `\\xhh`. */
function hexEscape(character: string): string {
  return [...Buffer.from(character)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
