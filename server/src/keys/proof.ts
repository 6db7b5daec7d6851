import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { uuidToBytes } from '../wire/ids.ts';

/** BIP-340 tag of a proof's message. Tagged, so that the message can never be that of a transaction. */
const PROOF_TAG = 'pinata/proof/v1';

/** What a proof binds the key to. Hashes are hex of 32 bytes; `root` is the verifier's own challenge. */
export interface ProofSubject {
  root: string;
  target: string;
  bootId: string;
  imageSha256: string;
  /** SHA-256 of the CA certificate's DER. */
  caSha256: string;
}

/** A guest's answer: the signed message, the BIP-340 signature and the x-only key, hex. */
export interface Proof extends ProofSubject {
  message: string;
  signature: string;
  key: string;
}

/** The 32 bytes that a guest signs: tagged_hash(tag, root ‖ target ‖ boot id ‖ image ‖ CA), with tagged_hash of BIP-340. */
export function proofMessage(subject: ProofSubject): Uint8Array {
  const tag = sha256(Buffer.from(PROOF_TAG));
  return sha256(
    Buffer.concat([
      tag,
      tag,
      hex(subject.root, 32),
      Buffer.from(subject.target),
      uuidToBytes(subject.bootId),
      hex(subject.imageSha256, 32),
      hex(subject.caSha256, 32),
    ]),
  );
}

/**
 * Checks a proof against the key that was published and the challenge that the verifier chose.
 * Null when it holds, else why it does not. Never throws.
 */
export function verifyProof(proof: Proof, expected: { key: string; root: string }): string | null {
  try {
    if (proof.root !== expected.root) return 'it answers another challenge';
    if (proof.key !== expected.key) return 'it is by another key than the published one';
    const message = proofMessage(proof);
    if (!message.every((byte, i) => byte === hex(proof.message, 32)[i])) return 'the message is not the one it names';
    const valid = schnorr.verify(hex(proof.signature, 64), message, hex(proof.key, 32));
    return valid ? null : 'the signature is wrong';
  } catch {
    return 'it is malformed';
  }
}

function hex(text: string, bytes: number): Uint8Array {
  if (text.length !== bytes * 2 || !/^[0-9a-f]+$/.test(text)) throw new RangeError(`not ${bytes} bytes of hex`);
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
