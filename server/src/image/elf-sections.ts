/** A section of an ELF file: its name, the address it is linked at, and where its bytes are in the file. */
export interface Section {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

const MAGIC = 0x7f454c46;
const HEADER_BYTES = 64;
const SECTION_HEADER_BYTES = 64;
/** Occupies memory but no bytes of the file (.bss). */
const SHT_NOBITS = 8;

/** The sections with bytes in a 64-bit little-endian ELF file (System V gABI, chapter 4). None for anything else or torn. */
export function readSections(file: Uint8Array): Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) return [];
  const table = Number(view.getBigUint64(0x28, true));
  const count = view.getUint16(0x3c, true);
  if (table + count * SECTION_HEADER_BYTES > file.length) return [];
  const headers = Array.from({ length: count }, (_, index) => readHeader(view, table + index * SECTION_HEADER_BYTES));
  const names = headers[view.getUint16(0x3e, true)]?.offset ?? 0;
  return headers
    .filter(({ type, size }) => type !== SHT_NOBITS && size > 0)
    .map(({ name, address, offset, size }) => ({ name: readName(file, names + name), address, offset, size }));
}

function readHeader(view: DataView, at: number) {
  return {
    name: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    address: Number(view.getBigUint64(at + 0x10, true)),
    offset: Number(view.getBigUint64(at + 0x18, true)),
    size: Number(view.getBigUint64(at + 0x20, true)),
  };
}

function readName(file: Uint8Array, start: number): string {
  const end = file.indexOf(0, start);
  return Buffer.from(file.subarray(start, end < 0 ? file.length : end)).toString('latin1');
}
