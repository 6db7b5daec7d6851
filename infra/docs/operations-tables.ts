import { SETTINGS } from '../../server/src/config.ts';
import { ERRORS } from '../../server/src/errors.ts';

/** The operations page with its tables of settings and errors written anew from the code. A table follows its mark. */
export function fillTables(page: string): string {
  const settings = Object.entries(SETTINGS).map(([name, { fallback, help }]) => [
    `\`${name}\``,
    fallback === '' ? '–' : `\`${fallback}\``,
    help,
  ]);
  const errors = Object.entries(ERRORS).map(([code, { message, remedy }]) => [`\`${code}\``, message, remedy]);
  const withSettings = replaceTable(page, '<!-- settings -->', [['variable', 'default', 'meaning'], ...settings]);
  return replaceTable(withSettings, '<!-- errors -->', [['code', 'says', 'do'], ...errors]);
}

function replaceTable(page: string, mark: string, rows: string[][]): string {
  const at = page.indexOf(mark);
  if (at === -1) throw new RangeError(`the page has no ${mark}`);
  const before = page.slice(0, at + mark.length);
  const after = page.slice(at + mark.length).replace(/^(\n\|.*)*/, '');
  return `${before}\n${table(rows)}${after}`;
}

/** A table in the form that the formatter leaves alone: every cell is as wide as its column. */
function table([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(cells => cells[column]?.length ?? 0)));
  const rule = widths.map(width => '-'.repeat(width));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [head, rule, ...rows].map(line).join('\n');
}
