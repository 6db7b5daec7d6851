import { createHash } from 'node:crypto';
import type { GuestImage } from './image.ts';

const LOAD_ADDRESS = 0x100000;
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const NOTE_BYTES = 20;
const CODE_OFFSET = HEADER_BYTES + 2 * SEGMENT_BYTES + NOTE_BYTES + 4;

/**
 * The smallest image that a hypervisor boots by PVH: an ELF64 of one segment with the entry point in a Xen note (type 18,
 * XEN_ELFNOTE_PHYS32_ENTRY), around a few bytes of 32-bit code. For tests of what is around a guest.
 */
export function tinyImage(code: readonly number[]): GuestImage {
  const bytes = Buffer.alloc(CODE_OFFSET + code.length);
  const entry = LOAD_ADDRESS + CODE_OFFSET;
  Buffer.from('7f454c46020101', 'hex').copy(bytes);
  bytes.writeUInt16LE(2, 16); // ET_EXEC
  bytes.writeUInt16LE(62, 18); // EM_X86_64
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(entry), 24);
  bytes.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  bytes.writeUInt16LE(HEADER_BYTES, 52);
  bytes.writeUInt16LE(SEGMENT_BYTES, 54);
  bytes.writeUInt16LE(2, 56);
  segment(bytes, HEADER_BYTES, { type: 1, flags: 7, offset: 0, length: bytes.length });
  const note = HEADER_BYTES + 2 * SEGMENT_BYTES;
  segment(bytes, HEADER_BYTES + SEGMENT_BYTES, { type: 4, flags: 4, offset: note, length: NOTE_BYTES });
  bytes.writeUInt32LE(4, note);
  bytes.writeUInt32LE(4, note + 4);
  bytes.writeUInt32LE(18, note + 8);
  bytes.write('Xen\0', note + 12);
  bytes.writeUInt32LE(entry, note + 16);
  Buffer.from(code).copy(bytes, CODE_OFFSET);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function segment(
  bytes: Buffer,
  at: number,
  { type, flags, offset, length }: { type: number; flags: number; offset: number; length: number },
): void {
  bytes.writeUInt32LE(type, at);
  bytes.writeUInt32LE(flags, at + 4);
  bytes.writeBigUInt64LE(BigInt(offset), at + 8);
  bytes.writeBigUInt64LE(BigInt(LOAD_ADDRESS + offset), at + 16);
  bytes.writeBigUInt64LE(BigInt(LOAD_ADDRESS + offset), at + 24);
  bytes.writeBigUInt64LE(BigInt(length), at + 32);
  bytes.writeBigUInt64LE(BigInt(length), at + 40);
  bytes.writeBigUInt64LE(4n, at + 48);
}

/** mov dx, port; mov al, value; out dx, al */
const out = (port: number, value: number) => [0x66, 0xba, port & 0xff, port >> 8, 0xb0, value, 0xee];
const HALT_FOR_EVER = [0xf4, 0xeb, 0xfd];

/** Writes a text on the serial port, then signals a panic (pvpanic, port 0x505, bit 0). */
export const panicking = (words: string): GuestImage =>
  tinyImage([...[...Buffer.from(words)].flatMap(code => out(0x3f8, code)), ...out(0x505, 1), ...HALT_FOR_EVER]);
/** An invalid instruction with no interrupt table: a triple fault. */
export const faulting: GuestImage = tinyImage([0x0f, 0x0b]);
export const halting: GuestImage = tinyImage(HALT_FOR_EVER);
