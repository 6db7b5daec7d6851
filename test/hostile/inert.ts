import { spawnSync } from 'node:child_process';
import { CANARY } from './corpus.ts';

// What must be true of text that holds a stranger's words, by what it is read with. Each gives what is wrong, in words; nothing if all is well.

/** Control characters but the line feed, C1, line and paragraph separators, overrides of direction, and what has no width. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u;
/** A tag or a declaration that carries the word, or a bare script or style sheet that does. */
const MARKUP = new RegExp(`<[a-z!/?][^>]*${CANARY}|<(script|style)>[^<]*${CANARY}`, 'i');
/** What a spreadsheet takes for a formula. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** A terminal shows it, and does nothing else. */
export function terminal(text: string): string[] {
  return text
    .split('\n')
    .flatMap(line => (UNSEEN.test(line) ? [`a terminal would act on ${JSON.stringify(line)}`] : []));
}

/** Programs read it, and people in a terminal. */
export function json(text: string): string[] {
  return [...parses(text), ...terminal(text)];
}

/** One value in each line. */
export function jsonLines(text: string): string[] {
  return [...text.trimEnd().split('\n').flatMap(parses), ...terminal(text)];
}

/** The operator's log: one entry per line, each with the service's own fields, and none that a stranger wrote. */
export function log(text: string): string[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .flatMap(line => {
      const broken = parses(line);
      if (broken.length > 0) return broken;
      const { level, time, name, msg } = Object(JSON.parse(line));
      const own = Number.isInteger(level) && Number.isInteger(time) && typeof name === 'string' && msg !== CANARY;
      return own ? [] : [`no entry of ours: ${line.slice(0, 200)}`];
    })
    .concat(terminal(text));
}

/** Python's csv reads it, and a spreadsheet sees no formula in any cell. */
export function csv(text: string): string[] {
  const reader =
    'import csv,json,sys;json.dump(list(csv.reader(open(0,newline="",encoding="utf-8"),strict=True)),sys.stdout)';
  const python = spawnSync('python3', ['-c', reader], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (python.status !== 0) return [`not CSV: ${python.stderr}`];
  const [header = [], ...rows]: string[][] = JSON.parse(python.stdout);
  return rows.flatMap((row, at) => [
    ...(row.length === header.length
      ? []
      : [`row ${at} has ${row.length} cells, and there are ${header.length} columns`]),
    ...row.flatMap(cell => (FORMULA.test(cell) && !NUMBER.test(cell) ? [`a formula: ${JSON.stringify(cell)}`] : [])),
  ]);
}

/** HTML, or anything with tags: none of them is a stranger's. */
export function markup(text: string): string[] {
  const found = MARKUP.exec(text);
  return found ? [`markup: ${JSON.stringify(text.slice(found.index, found.index + 200))}`] : [];
}

/** Well-formed XML without a stranger's tags. */
export function xml(text: string): string[] {
  const reader = 'import sys,xml.dom.minidom;xml.dom.minidom.parse(sys.stdin.buffer)';
  const python = spawnSync('python3', ['-c', reader], { input: text, encoding: 'utf8' });
  return [...(python.status === 0 ? [] : [`not XML: ${python.stderr}`]), ...markup(text), ...terminal(text)];
}

function parses(text: string): string[] {
  try {
    JSON.parse(text);
    return [];
  } catch {
    return [`not JSON: ${JSON.stringify(text.slice(0, 200))}`];
  }
}
