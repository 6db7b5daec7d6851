import { COLUMNS, type Column } from './columns.ts';
import type { PublicAttempt } from './project.ts';
import { valueAt } from './value-at.ts';

/**
 * CSV by RFC 4180: CRLF, quotes doubled. Spreadsheets must not take attackers' text for formulas, so a text cell that starts with
 * one of `TRIGGERS` gets an apostrophe before it. Reversible: a reader takes one leading apostrophe off. The empty cell is null;
 * the empty text is a lone apostrophe.
 */
const LINE_END = '\r\n';
/** OWASP "CSV Injection": these start a formula in some spreadsheet, the full-width forms included; and our own mark. */
const TRIGGERS = /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/u;
const NEEDS_QUOTES = /[",\r\n]/;

/** The header line. */
export function csvHeader(columns: readonly Column[] = COLUMNS): string {
  return columns.map(column => quoted(column.name)).join(',') + LINE_END;
}

/** One line for one attempt. */
export function csvLine(attempt: PublicAttempt, columns: readonly Column[] = COLUMNS): string {
  return columns.map(column => cell(valueAt(attempt, column.path))).join(',') + LINE_END;
}

/** The text of one cell, quoted where needed. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return quoted(guarded(typeof value === 'string' ? value : JSON.stringify(value)));
}

/** What a reader does with a text cell: the value that was exported. */
export function readCell(text: string): string | null {
  if (text === '') return null;
  return text.startsWith("'") ? text.slice(1) : text;
}

function guarded(text: string): string {
  return text === '' || TRIGGERS.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
