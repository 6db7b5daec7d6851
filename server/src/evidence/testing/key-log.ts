import { decryptionSecrets } from '../pcapng.ts';

const PACKETS = 6;
const DECRYPTION_SECRETS = 10;

/** The same capture with another key log than it had. */
export function withKeyLog(capture: Buffer, keyLog: string): Buffer {
  const blocks = blocksOf(capture).filter(block => typeOf(block) !== DECRYPTION_SECRETS);
  const head = blocks.filter(block => typeOf(block) !== PACKETS);
  return Buffer.concat([...head, decryptionSecrets(keyLog), ...blocks.slice(head.length)]);
}

/** The types of the blocks of a capture, in order. */
export function blockTypes(capture: Buffer): number[] {
  return blocksOf(capture).map(typeOf);
}

function blocksOf(capture: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < capture.length; ) {
    const end = at + capture.readUInt32LE(at + 4);
    blocks.push(capture.subarray(at, end));
    at = end;
  }
  return blocks;
}

function typeOf(block: Buffer): number {
  return block.readUInt32LE(0);
}
