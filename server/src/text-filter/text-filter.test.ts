import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterText, wholeText } from './text-filter.ts';
import { readWordList, wordList } from './words.ts';

const WORDS = wordList(['# a comment', 'badword*', 'shit', '*inner*']);
const filtered = (text: string) => filterText(text, WORDS);

test('plain names stay as they are', () => {
  for (const text of [
    '',
    'CN=example.com, O=Größe & Söhne',
    'piñata',
    'クライアント',
    '*.example.org',
    '<b>&amp;</b>',
  ]) {
    assert.equal(filtered(text), text);
  }
});

test('what cannot be seen is shown as an escape, and no escape can be forged', () => {
  const cases: [string, string][] = [
    ['a\u202eb', 'a\\u{202e}b'],
    ['a\u200bb\u2066', 'a\\u{200b}b\\u{2066}'],
    ['a\u0000\n\u001b[31m', 'a\\u{0}\\u{a}\\u{1b}[31m'],
    ['\u3164\u115f\u2800\u00a0\u00ad', '\\u{3164}\\u{115f}\\u{2800}\\u{a0}\\u{ad}'],
    ['\ud800x', '\\u{d800}x'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\\u{202e}', '\\\\u{202e}'],
    ['e\u0301\u0301\u0301\u0301', 'e\u0301\u0301\\u{301}\\u{301}'],
  ];
  for (const [text, shown] of cases) {
    assert.equal(filtered(text), shown);
    assert.equal(wholeText(text), shown);
  }
});

test('addresses, e-mail and links are masked, however they are dressed', () => {
  const cases: [string, string][] = [
    ['CN=192.0.2.77', 'CN=[address]'],
    ['192.0.\u200b2.77', '[address]'],
    ['１９２．０．２．７７', '[address]'],
    ['host-192-0-2-77.isp.example', 'host-[address].isp.example'],
    ['2001:db8::1', '[address]'],
    ['CN=::ffff:192.0.2.77,O=x', 'CN=[address],O=x'],
    ['CN=me@example.com, O=x', 'CN=[e-mail], O=x'],
    ['me＠example.com', '[e-mail]'],
    ['see https://example.com/?q=1 now', 'see [link] now'],
    ['javascript:alert(1)', '[link]'],
    ['www.example.com', '[link]'],
  ];
  for (const [text, shown] of cases) assert.equal(filtered(text), shown, text);
});

test('listed words are masked after folding, as words', () => {
  const cases: [string, string][] = [
    ['a badword here', 'a [word] here'],
    ['BADWORDS', '[word]'],
    ['b\u00e0d\u200bw0rd', '[word]'],
    ['b\u0430dword', '[word]'],
    ['baaadwooord', '[word]'],
    ['s.h.i.t happens', '[word] happens'],
    ['$h1t', '[word]'],
    ['xinnery', '[word]'],
    ['what this hit', 'what this hit'],
    ['shitake', 'shitake'],
  ];
  for (const [text, shown] of cases) assert.equal(filtered(text), shown, text);
});

test('the list that comes with it is read, and leaves ordinary words alone', () => {
  const own = readWordList();
  assert.equal(filterText('fuck this', own), '[word] this');
  for (const text of [
    'Scunthorpe',
    'Essex',
    'assassin',
    'pass class',
    'analyst',
    'cockpit',
    'shitake',
    'Dickens',
    'grape',
  ]) {
    assert.equal(filterText(text, own), text);
  }
});

test('length is cut between characters, never in an escape or a mark', () => {
  assert.equal(filtered('x'.repeat(129)), `${'x'.repeat(128)}…`);
  assert.equal(filtered('x'.repeat(128)), 'x'.repeat(128));
  assert.equal(filtered(`${'x'.repeat(125)}\u202e`), `${'x'.repeat(125)}…`);
  assert.equal(filtered(`${'x'.repeat(118)} 192.0.2.1`), `${'x'.repeat(118)} [address]`);
  assert.equal(wholeText('y'.repeat(600)), `${'y'.repeat(512)}…`);
});

test('whatever comes, only what can be seen goes out, and it can be read back', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(anyText, text => {
      const whole = wholeText(text);
      assert.match(whole, /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]*$/u);
      assert.match(filtered(text), /^[^\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]*$/u);
      if (whole.endsWith('…')) return;
      const back = whole.replace(/\\\\|\\u\{([0-9a-f]+)\}/g, (_, hex) =>
        hex ? String.fromCodePoint(parseInt(hex, 16)) : '\\',
      );
      assert.equal(back, text);
    }),
    { numRuns: 300 },
  );
});
