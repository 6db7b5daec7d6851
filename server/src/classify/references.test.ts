import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLASSES } from './classes/registry.ts';
import { citations, citationsIn } from './fixtures/citations.ts';
import sections from './fixtures/rfc-sections.json' with { type: 'json' };
import { rfcSections } from './fixtures/rfc-sections.ts';

const SECTIONS: Readonly<Record<string, readonly string[]>> = sections;
/** Cited, and not among the texts that the table was made of. */
const NOT_IN_TABLE: readonly string[] = ['9849'];

/** A CVE; an RFC, with one or two of its sections, or an appendix; a CAPEC. */
const PUBLISHED =
  /^(CVE-\d{4}-\d{4,}|CAPEC-\d{1,3}|RFC \d{3,4}( §\d+(\.\d+)*( and §\d+(\.\d+)*)?| appendix [A-Z](\.\d+)?)?)$/;
/** Papers and methods that have no number. */
const NAMED: readonly string[] = ['JA4 (2023)', 'JARM (2020)', 'Hacking Blind (2014)'];
/** Nobody else speaks of these. */
const WITHOUT_REFERENCE: readonly string[] = [
  ...['A11_bitcoin_p2p', 'E17_secret_released', 'F08_distributed_tool', 'G02_guest_crash', 'G06_backend_unavailable'],
];
const FIRST_CVE_YEAR = 1999;

const PARTS = CLASSES.flatMap(({ id, reference }) => (reference?.split(', ') ?? []).map(part => ({ id, part })));

test('every reference is a CVE, an RFC, a CAPEC, or a paper or method that is known by name', () => {
  for (const { id, part } of PARTS) assert.ok(PUBLISHED.test(part) || NAMED.includes(part), `${id}: ${part}`);
  const used = new Set(PARTS.map(({ part }) => part));
  for (const name of NAMED) assert.ok(used.has(name), name);
});

test('no class names a reference twice, and every CVE is of a year that has some', () => {
  assert.equal(new Set(PARTS.map(({ id, part }) => `${id} ${part}`)).size, PARTS.length);
  for (const { id, part } of PARTS) {
    const year = Number(/^CVE-(\d{4})/.exec(part)?.[1] ?? FIRST_CVE_YEAR);
    assert.ok(year >= FIRST_CVE_YEAR && year <= new Date().getUTCFullYear(), `${id}: ${part}`);
  }
});

test('every class has a reference, but for those of which nobody else speaks', () => {
  assert.deepEqual(CLASSES.flatMap(({ id, reference }) => (reference === null ? [id] : [])).sort(), WITHOUT_REFERENCE);
});

test('every section that the rules and the reader of TLS cite is in its RFC', () => {
  const cited = citations();
  for (const rfc of NOT_IN_TABLE) assert.ok(!(rfc in SECTIONS) && cited.some(one => one.rfc === rfc), `RFC ${rfc}`);
  assert.ok(cited.filter(({ section }) => section !== null).length > 80);
  for (const { file, rfc, section } of cited) {
    if (NOT_IN_TABLE.includes(rfc)) continue;
    const known = SECTIONS[rfc] ?? [];
    assert.ok(known.length > 0, `RFC ${rfc}, which ${file} cites, is not in the table: see write-rfc-sections.ts`);
    if (section === null) continue;
    assert.ok(
      known.some(heading => heading.startsWith(`${section} `)),
      `RFC ${rfc} has no section ${section}, which ${file} cites`,
    );
  }
});

test('citations are read with their sections', () => {
  const text = 'RFC 8446 §4.1.2 and §6.2, RFC 7748 §6.1. RFC 8446 appendix D.4; RFC 9846 and TLS';
  assert.deepEqual(
    citationsIn(text, 'f').map(({ rfc, section }) => `${rfc} ${section}`),
    ['8446 4.1.2', '8446 6.2', '7748 6.1', '8446 D.4', '9846 null'],
  );
});

test('headings are told from contents, text and addresses', () => {
  const text = [
    '   1. Introduction ....................................................3',
    '1. Terms . . . . . . . . . . . 4',
    '1.  Introduction',
    '   4.2.  is not a heading',
    '4.1.2.  Client Hello',
    '4.1.2.  Client Hello again',
    '7.4.1.4.1 Signature Algorithms',
    '2064 Edgewood Drive',
    'Appendix D.  Backward Compatibility',
    'D.4.  Middlebox Compatibility Mode',
    'A sentence at the margin',
  ].join('\r\n');
  assert.deepEqual(rfcSections(text), [
    ...['1 Introduction', '4.1.2 Client Hello', '7.4.1.4.1 Signature Algorithms'],
    ...['D Backward Compatibility', 'D.4 Middlebox Compatibility Mode'],
  ]);
});
