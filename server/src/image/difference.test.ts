import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDifference, firstDifference } from './difference.ts';
import { readSections } from './elf-sections.ts';

const TEXT = { name: '.text', address: 0x100000, offset: 0x40, size: 16 };

/** An ELF file with one section of code, its table of names and the table of sections. */
function elf(code: Uint8Array): Uint8Array {
  const names = Buffer.from('\0.text\0.bss\0.shstrtab\0');
  const namesAt = TEXT.offset + code.length;
  const table = namesAt + names.length;
  const file = Buffer.alloc(table + 4 * 64);
  file.writeUInt32BE(0x7f454c46, 0);
  file.writeBigUInt64LE(BigInt(table), 0x28);
  file.writeUInt16LE(4, 0x3c);
  file.writeUInt16LE(3, 0x3e);
  file.set(code, TEXT.offset);
  file.set(names, namesAt);
  const section = (index: number, name: number, type: number, address: number, offset: number, size: number) => {
    const at = table + index * 64;
    file.writeUInt32LE(name, at);
    file.writeUInt32LE(type, at + 4);
    file.writeBigUInt64LE(BigInt(address), at + 0x10);
    file.writeBigUInt64LE(BigInt(offset), at + 0x18);
    file.writeBigUInt64LE(BigInt(size), at + 0x20);
  };
  section(1, 1, 1, TEXT.address, TEXT.offset, code.length);
  section(2, 7, 8, 0x200000, TEXT.offset, 0x1000);
  section(3, 12, 3, 0, namesAt, names.length);
  return file;
}

const code = Uint8Array.from({ length: TEXT.size }, (_, index) => index);

test('sections are those with bytes in the file', () => {
  assert.deepEqual(
    readSections(elf(code)).map(({ name }) => name),
    ['.text', '.shstrtab'],
  );
  assert.deepEqual(readSections(elf(code))[0], TEXT);
});

test('whatever is not an ELF file, or is cut off, has no sections', () => {
  const file = elf(code);
  for (let length = 0; length < file.length; length++) assert.deepEqual(readSections(file.subarray(0, length)), []);
  assert.deepEqual(readSections(Buffer.alloc(1000, 0x7f)), []);
});

test('the same bytes have no difference', () => {
  assert.equal(firstDifference(elf(code), elf(code)), null);
  assert.equal(firstDifference(new Uint8Array(0), new Uint8Array(0)), null);
});

test('the first differing byte is named with its section and address', () => {
  const other = elf(code.with(5, 0xff).with(9, 0xff));
  const difference = firstDifference(elf(code), other);
  assert.ok(difference);
  assert.equal(difference.offset, TEXT.offset + 5);
  assert.deepEqual(difference.section, { name: '.text', address: TEXT.address + 5 });
  assert.equal(
    describeDifference(difference),
    'first at offset 0x45 (section .text, address 0x100005): 05060708090a0b0c and ff060708ff0a0b0c',
  );
});

test('a difference in the header lies in no section', () => {
  const other = elf(code);
  other[0x10] = 1;
  const only = firstDifference(elf(code), other);
  assert.deepEqual([only?.offset, only?.section, only?.firstSection], [0x10, null, null]);
  other[TEXT.offset + 3] = 0xff;
  assert.equal(firstDifference(elf(code), other)?.firstSection, '.text');
});

test('an image that is only longer differs where the shorter one ends', () => {
  const file = elf(code);
  const longer = Buffer.concat([file, Uint8Array.of(0xaa)]);
  for (const [one, other, ends] of [
    [file, longer, 'end and aa'],
    [longer, file, 'aa and end'],
  ] as const) {
    const difference = firstDifference(one, other);
    assert.ok(difference);
    assert.equal(difference.offset, file.length);
    assert.ok(describeDifference(difference).includes(ends), describeDifference(difference));
  }
});
