/**
 * What a reader cannot see, or that changes how the rest is seen: control and format characters (bidi among them), private and
 * unassigned code points, lone surrogates (general category C), separators but the plain space, and whatever Unicode lets a font leave
 * out (Default_Ignorable_Code_Point: zero width, fillers, variation selectors, tags).
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u;
/** The braille pattern without a dot is drawn as a space, and is none. */
const BLANK_BRAILLE = '\u2800';
const MARK = /\p{M}/u;
/** More marks on one letter than any writing needs climb over the lines around. */
const MARKS_MAX = 2;

/** True for a character that is not shown as it is. */
export function isUnseen(character: string): boolean {
  return UNSEEN.test(character) || character === BLANK_BRAILLE;
}

/**
 * The characters of a text, as they may be shown: what cannot be seen is `\u{hex}`, a backslash is doubled, so that the escapes of a text
 * cannot be taken for its words. One element for each code point.
 */
export function visibleCharacters(text: string): string[] {
  let marks = 0;
  return Array.from(text, character => {
    marks = MARK.test(character) ? marks + 1 : 0;
    if (character === '\\') return '\\\\';
    if (isUnseen(character) || marks > MARKS_MAX) return `\\u{${character.codePointAt(0)?.toString(16)}}`;
    return character;
  });
}

/** A sentence of ours that may quote a stranger's words: what of them cannot be seen is `\u{hex}`. Line feeds stay. */
export function visibleText(text: string): string {
  return Array.from(text, character =>
    character !== '\n' && isUnseen(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character,
  ).join('');
}

/** Joins pieces up to `max` UTF-16 units, never cutting one; what is left out is an ellipsis. */
export function joinWithin(pieces: readonly string[], max: number): string {
  let length = 0;
  const end = pieces.findIndex(piece => {
    length += piece.length;
    return length > max;
  });
  return end < 0 ? pieces.join('') : `${pieces.slice(0, end).join('')}…`;
}
