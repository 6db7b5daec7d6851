import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Fact } from '../wire/facts.ts';
import { decodeLine, encodeLine, LINE_MAX_BYTES, LineScanner, soundLength } from './line.ts';

const proof = (root: string): Fact => ({
  kind: 'proof',
  t: 1,
  target: 'prize',
  bootId: '',
  root,
  message: '',
  signature: '',
});
const facts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }).map(proof), { minLength: 1, maxLength: 12 });
const encode = (all: Fact[]) => Buffer.from(all.map(encodeLine).join(''), 'utf8');

test('a line is CRC-32 (ISO-HDLC) in hex, a space, JSON, a newline', () => {
  // Oracle: python3 -c 'import zlib; print(hex(zlib.crc32(b"{\"kind\":\"beat\",\"t\":1}")))'
  assert.equal(encodeLine({ kind: 'beat', t: 1 }), '2443aebc {"kind":"beat","t":1}\n');
});

test('any facts, however their bytes are split, come back as they were, with offsets that join up', () => {
  fc.assert(
    fc.property(facts, fc.array(fc.nat(2000)), fc.nat(1e9), (all, cuts, base) => {
      const bytes = encode(all);
      const edges = [0, ...cuts.map(cut => cut % bytes.length).sort((a, b) => a - b), bytes.length];
      const scanner = new LineScanner(base);
      const lines = edges.slice(1).flatMap((end, index) => scanner.push(bytes.subarray(edges[index], end)));
      assert.deepEqual(
        lines.map(line => line.fact),
        all,
      );
      assert.equal(lines[0]?.at, base);
      assert.equal(lines.at(-1)?.next, base + bytes.length);
      for (const [index, line] of lines.entries()) assert.equal(line.next, lines[index + 1]?.at ?? line.next);
    }),
  );
});

test('one changed byte damages one line, or two where a newline came or went, and no other', () => {
  fc.assert(
    fc.property(facts, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, place, flip) => {
      const bytes = encode(all);
      const at = place % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      const lines = new LineScanner(0).push(bytes);
      const sound = lines.flatMap(line => line.fact ?? []);
      const missing = all.filter(fact => !sound.some(found => JSON.stringify(found) === JSON.stringify(fact)));
      assert.ok(all.length - sound.length <= 2 && all.length - sound.length >= 1);
      assert.ok(missing.length <= 2);
      for (const fact of sound) assert.ok(all.some(known => JSON.stringify(known) === JSON.stringify(fact)));
    }),
  );
});

test('a line that never ends is damage, and the next one is sound again', () => {
  const scanner = new LineScanner(0);
  assert.deepEqual(scanner.push(Buffer.alloc(LINE_MAX_BYTES + 1, 'x')), []);
  const [damaged, sound] = scanner.push(Buffer.from(`\n${encodeLine(proof('a'))}`));
  assert.deepEqual(damaged, { fact: null, at: 0, next: LINE_MAX_BYTES + 2 });
  assert.deepEqual(sound?.fact, proof('a'));
});

test('a tail that is torn at any byte is cut back to the last whole line', () => {
  const whole = encode([proof('one'), proof('two')]);
  const torn = encode([proof('three')]);
  for (let length = 0; length < torn.length; length++) {
    assert.equal(soundLength(Buffer.concat([whole, torn.subarray(0, length)])), whole.length, `torn at ${length}`);
  }
  assert.equal(soundLength(Buffer.concat([whole, torn])), whole.length + torn.length);
  assert.equal(soundLength(Buffer.concat([whole, Buffer.alloc(4096)])), whole.length);
  assert.equal(soundLength(Buffer.from('\n\nrubbish\n')), 0);
});

test('text that is no line is damaged, not an exception', () => {
  for (const text of ['', ' ', 'zzzzzzzz {}', '00000000 {}', '00000000']) {
    assert.equal(decodeLine(Buffer.from(text)), null);
  }
});
