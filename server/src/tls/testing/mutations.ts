/** A way to break a hello record: gives the changed bytes. */
export type Mutation = (bytes: Buffer, random: () => number) => Buffer;

const RECORD_HEADER_BYTES = 5;

/** One byte becomes another. */
const changed: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  const at = below(copy.length, random);
  copy.writeUInt8((copy.readUInt8(at) + 1 + below(255, random)) & 0xff, at);
  return copy;
};

/** The end is missing, and the record says so. */
const shortened: Mutation = (bytes, random) => {
  const kept = RECORD_HEADER_BYTES + 4 + below(bytes.length - RECORD_HEADER_BYTES - 4, random);
  return relabelled(Buffer.from(bytes.subarray(0, kept)));
};

/** The end is missing, and record and message say so: the hello is whole, but its lists are not. */
const consistentlyShortened: Mutation = (bytes, random) => {
  const cut = shortened(bytes, random);
  cut.writeUIntBE(cut.length - RECORD_HEADER_BYTES - 4, RECORD_HEADER_BYTES + 1, 3);
  return cut;
};

/** Bytes that belong nowhere stand at the end of the message. */
const lengthened: Mutation = (bytes, random) => {
  const longer = relabelled(Buffer.concat([bytes, Buffer.alloc(1 + below(20, random), below(256, random))]));
  longer.writeUIntBE(longer.length - RECORD_HEADER_BYTES - 4, RECORD_HEADER_BYTES + 1, 3);
  return longer;
};

/** Cut into two records. */
const fragmented: Mutation = (bytes, random) => {
  const at = RECORD_HEADER_BYTES + 1 + below(bytes.length - RECORD_HEADER_BYTES - 1, random);
  const first = relabelled(Buffer.from(bytes.subarray(0, at)));
  return Buffer.concat([
    first,
    relabelled(Buffer.concat([bytes.subarray(0, RECORD_HEADER_BYTES), bytes.subarray(at)])),
  ]);
};

export const MUTATIONS: readonly Mutation[] = [changed, shortened, consistentlyShortened, lengthened, fragmented];

/** Numbers in [0, 1) that are the same each time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function relabelled(record: Buffer): Buffer {
  record.writeUInt16BE(record.length - RECORD_HEADER_BYTES, 3);
  return record;
}

function below(limit: number, random: () => number): number {
  return Math.floor(random() * limit);
}
