import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Masked } from './masks.ts';

export const WORD_MARK = '[word]';
/** A token holds letters, digits, and signs that stand for letters. */
const TOKEN = /[\p{L}\p{N}@$!]+/gu;
const SIGNS: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' },
};
/** Between the letters of a word that is spelled out. */
const GAP_MAX = 2;

/** Finds the words of a list in folded text. */
export interface WordList {
  find(folded: string): Masked[];
}

/** Reads a list: one word a line, `*` at an end for anything, `#` for a comment. */
export function readWordList(path: string = join(import.meta.dirname, 'words.txt')): WordList {
  return wordList(readFileSync(path, 'utf8').split('\n'));
}

/** A list from its lines. */
export function wordList(lines: readonly string[]): WordList {
  const entries = lines.map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'));
  const matcher = new RegExp(`^(?:${entries.map(entryPattern).join('|')})$`, 'u');
  return {
    find: folded => {
      const isListed = ({ word }: Word) => entries.length > 0 && matcher.test(word);
      return wordsOf(folded)
        .filter(isListed)
        .map(({ from, to }) => ({ from, to, mark: WORD_MARK }));
    },
  };
}

interface Word {
  word: string;
  from: number;
  to: number;
}

function wordsOf(folded: string): Word[] {
  const tokens = Array.from(folded.matchAll(TOKEN), ({ 0: word, index }) => ({
    word,
    from: index,
    to: index + word.length,
  }));
  return [...tokens, ...spelledOut(tokens)].map(({ word, from, to }) => ({ word: readable(word), from, to }));
}

/** Runs of single letters, each as one word. */
function spelledOut(tokens: readonly Word[]): Word[] {
  const runs: Word[] = [];
  let run: Word | null = null;
  for (const token of tokens) {
    if (token.word.length > 1) run = null;
    else if (run && token.from - run.to <= GAP_MAX) {
      run.word += token.word;
      run.to = token.to;
    } else {
      run = { ...token };
      runs.push(run);
    }
  }
  return runs;
}

/** As it is meant to be read: signs as letters, and no letter more than once in succession. */
function readable(word: string): string {
  return [...word]
    .map(letter => SIGNS[letter] ?? letter)
    .join('')
    .replace(/(.)\1+/gu, '$1');
}

function entryPattern(entry: string): string {
  const core = readable(entry.replaceAll('*', '')).replace(/[^\p{L}\p{N}]/gu, '');
  return `${entry.startsWith('*') ? '.*' : ''}${core}${entry.endsWith('*') ? '.*' : ''}`;
}
