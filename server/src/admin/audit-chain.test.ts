import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AuditHead, type AuditStatement, chainEntry, checkChain, EMPTY_HEAD, headOf } from './audit-chain.ts';

const WHO = { uid: 0, user: 'root', onBehalfOf: 'ada' };

function statement(index: number): AuditStatement {
  const at = new Date(1_800_000_000_000 + index * 1000).toISOString();
  return { at, kind: 'done', call: `call-${index}`, who: WHO, verb: 'restart', said: { target: 'prize', index } };
}

/** Five entries, and where the chain stood after each. */
function chain(): { lines: string[]; heads: AuditHead[] } {
  const lines: string[] = [];
  const heads: AuditHead[] = [];
  for (let index = 0; index < 5; index++) {
    const { line, head } = chainEntry(heads.at(-1) ?? EMPTY_HEAD, statement(index));
    lines.push(line);
    heads.push(head);
  }
  return { lines, heads };
}

/** The lines with one entry made anew, its own hash included. */
function forged(lines: readonly string[], heads: readonly AuditHead[], at: number): string[] {
  const { line } = chainEntry(heads[at - 1] ?? EMPTY_HEAD, { ...statement(at), said: { target: 'practice' } });
  return lines.with(at, line);
}

describe('the chain of the organisers’ log', () => {
  const { lines, heads } = chain();
  const published = heads.at(-1) ?? EMPTY_HEAD;

  test('holds as it was written, and says where it stands', () => {
    assert.deepEqual(checkChain(lines, published), { head: published });
    assert.deepEqual(checkChain([], EMPTY_HEAD), { head: EMPTY_HEAD });
    assert.deepEqual(headOf(lines), published);
  });

  const broken: [string, string[], number, RegExp][] = [
    ['an entry whose text was edited', lines.with(2, (lines[2] ?? '').replace('prize', 'other')), 3, /changed/],
    ['an entry that was made anew with its hash', forged(lines, heads, 2), 4, /does not follow/],
    ['an entry that was dropped', lines.toSpliced(1, 1), 2, /number 3/],
    ['the first entry dropped', lines.slice(1), 1, /number 2/],
    ['two entries that changed places', lines.with(2, lines[3] ?? '').with(3, lines[2] ?? ''), 3, /number 4/],
    ['an entry that is there twice', lines.toSpliced(2, 0, lines[1] ?? ''), 3, /number 2/],
    ['a line that is no entry', lines.toSpliced(3, 0, 'hello'), 4, /not an entry/],
    ['an entry in another form', lines.with(0, (lines[0] ?? '').replace('{', '{ ')), 1, /canonical/],
    ['the end cut off', lines.slice(0, 3), 4, /missing: 5 were published/],
    ['the last entry made anew', forged(lines, heads, 4), 5, /not the entry that was published/],
  ];
  for (const [what, changed, entry, why] of broken) {
    test(`names ${what}`, () => {
      const finding = checkChain(changed, published);
      assert.ok('entry' in finding, JSON.stringify(finding));
      assert.equal(finding.entry, entry);
      assert.match(finding.why, why);
    });
  }

  test('without what was published, a cut end is not seen: that is what it is published for', () => {
    assert.ok('head' in checkChain(lines.slice(0, 3)));
  });
});
