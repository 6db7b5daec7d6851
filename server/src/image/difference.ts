import { readSections, type Section } from './elf-sections.ts';

/** Where two images first differ: the offset in both files, and what of the first image lies there. */
export interface Difference {
  readonly offset: number;
  /** Null between sections: in the ELF headers or in padding. */
  readonly section: { readonly name: string; readonly address: number } | null;
  /** The first section of the first image in which they differ; null if only headers and padding do. */
  readonly firstSection: string | null;
  /** The bytes there, hex; empty where that image has already ended. */
  readonly one: string;
  readonly other: string;
  readonly lengths: readonly [number, number];
}

const SHOWN_BYTES = 8;

/** The first difference of two images; null if they are the same byte for byte. */
export function firstDifference(one: Uint8Array, other: Uint8Array): Difference | null {
  const shared = Math.min(one.length, other.length);
  let offset = 0;
  while (offset < shared && one[offset] === other[offset]) offset++;
  if (offset === one.length && offset === other.length) return null;
  const sections = readSections(one).sort((a, b) => a.offset - b.offset);
  const found = sections.find(section => section.offset <= offset && offset < section.offset + section.size);
  return {
    offset,
    section: found ? { name: found.name, address: found.address + offset - found.offset } : null,
    firstSection: sections.find(section => bytesOf(one, section).compare(bytesOf(other, section)) !== 0)?.name ?? null,
    one: hexAt(one, offset),
    other: hexAt(other, offset),
    lengths: [one.length, other.length],
  };
}

/** One sentence about a difference. */
export function describeDifference({ offset, section, firstSection, one, other, lengths }: Difference): string {
  const outside = `outside all sections; of these ${firstSection ?? 'none'} is the first that differs`;
  const where = section ? `section ${section.name}, address ${hex(section.address)}` : outside;
  const sizes = lengths[0] === lengths[1] ? '' : `; ${lengths[0]} and ${lengths[1]} bytes long`;
  return `first at offset ${hex(offset)} (${where}): ${one || 'end'} and ${other || 'end'}${sizes}`;
}

const hex = (value: number) => `0x${value.toString(16)}`;
const bytesOf = (file: Uint8Array, { offset, size }: Section) => Buffer.from(file.subarray(offset, offset + size));
const hexAt = (bytes: Uint8Array, offset: number) =>
  Buffer.from(bytes.subarray(offset, offset + SHOWN_BYTES)).toString('hex');
