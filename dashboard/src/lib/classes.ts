import type { ClassView } from './generated/api.ts';

/** A severity in one word, and in one sentence. */
export const SEVERITY_WORDS: Readonly<Record<ClassView['severity'], readonly [word: string, sentence: string]>> = {
  breach: ['breach', 'The secret went out, or memory leaked.'],
  fault: ['fault', 'Our own side failed.'],
  attack: ['attack', 'An attempt to break something.'],
  probe: ['probe', 'A search for weakness, or a failed proof of identity.'],
  noise: ['noise', 'What every open port gets.'],
  note: ['note', 'A remark on what is ordinary.'],
};

/** What a rule reads. */
export const READ_FROM: Readonly<Record<ClassView['readFrom'], string>> = {
  wire: 'bytes and times of the connection',
  guest: 'what the target told of the connection',
  window: 'many attempts together',
};

/** A part of a reference: its words, and where they lead; null where we know no address. */
export interface ReferencePart {
  text: string;
  href: string | null;
}

/** The most particular first. Of two sections the link leads to the first. */
const ADDRESSES: readonly (readonly [pattern: RegExp, address: (number: string) => string])[] = [
  [/^(CVE-\d{4}-\d+)/, id => `https://www.cve.org/CVERecord?id=${id}`],
  [/^RFC (\d+ §[\d.]+)/, section => `https://www.rfc-editor.org/rfc/rfc${section.replace(' §', '#section-')}`],
  [
    /^RFC (\d+ appendix [\w.]+)/,
    part => `https://www.rfc-editor.org/rfc/rfc${part.replace(' appendix ', '#appendix-')}`,
  ],
  [/^RFC (\d+)/, number => `https://www.rfc-editor.org/rfc/rfc${number}`],
  [/^CAPEC-(\d+)/, number => `https://capec.mitre.org/data/definitions/${number}.html`],
  [/^(JA4) \(/, () => 'https://github.com/FoxIO-LLC/ja4'],
  [/^(JARM) \(/, () => 'https://github.com/salesforce/jarm'],
  [/^(Hacking Blind) \(/, () => 'https://www.scs.stanford.edu/brop/'],
];

/** "RFC 8446 §4.2, CVE-2015-0204" → its parts with their addresses. */
export function referenceParts(reference: string): ReferencePart[] {
  return reference.split(', ').map(text => {
    for (const [pattern, address] of ADDRESSES) {
      const [, id] = pattern.exec(text) ?? [];
      if (id !== undefined) return { text, href: address(id) };
    }
    return { text, href: null };
  });
}

/** Bytes before the evidence, the evidence, and those after it, as hexadecimal in words of four bytes. */
export function hexParts(hex: string, from: number, length: number): [before: string, marked: string, after: string] {
  const cut = (start: number, end: number) => inWords(hex.slice(2 * start, 2 * end), start);
  const end = Math.max(from, Math.min(hex.length / 2, from + length));
  return [cut(0, from), cut(from, end), cut(end, hex.length / 2)];
}

const WORD_BYTES = 4;

/** A space at each multiple of four bytes, counted from the beginning of what is shown. */
function inWords(hex: string, start: number): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .map((byte, index) => ((start + index) % WORD_BYTES === 0 && start + index > 0 ? ` ${byte}` : byte))
    .join('');
}
