// Made by guests, checked by the supervisor, by `./pinata prove` and by browsers: nothing here needs Node.
import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** BIP-340 tag of a proof's message. Tagged, so that the message can never be that of a transaction. */
export const PROOF_TAG = 'pinata/proof/v1';

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

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** The 32 bytes that a guest signs: tagged_hash(tag, root ‖ target ‖ boot id ‖ image ‖ CA), with tagged_hash of BIP-340. */
export function proofMessage(subject: ProofSubject): Uint8Array {
  const tag = sha256(utf8ToBytes(PROOF_TAG));
  return sha256(
    concatBytes(
      tag,
      tag,
      hex(subject.root, 32),
      utf8ToBytes(subject.target),
      uuid(subject.bootId),
      hex(subject.imageSha256, 32),
      hex(subject.caSha256, 32),
    ),
  );
}

/** True where the key signed these 32 bytes (BIP-340). All in hex. Never throws. */
export function isSigned({ message, signature, key }: Pick<Proof, 'message' | 'signature' | 'key'>): boolean {
  try {
    return schnorr.verify(hex(signature, 64), hex(message, 32), hex(key, 32));
  } catch {
    return false;
  }
}

/**
 * Checks a proof against the key that was published and the challenge that the verifier chose.
 * Null when it holds, else why it does not. Never throws.
 */
export function verifyProof(proof: Proof, expected: { key: string; root: string }): string | null {
  try {
    if (proof.root !== expected.root) return 'it answers another challenge';
    if (proof.key !== expected.key) return 'it is by another key than the published one';
    if (bytesToHex(proofMessage(proof)) !== proof.message) return 'the message is not the one it names';
    return isSigned(proof) ? null : 'the signature is wrong';
  } catch {
    return 'it is malformed';
  }
}

function hex(text: string, bytes: number): Uint8Array {
  if (text.length !== bytes * 2 || !/^[0-9a-f]+$/.test(text)) throw new RangeError(`not ${bytes} bytes of hex`);
  return hexToBytes(text);
}

function uuid(text: string): Uint8Array {
  if (!UUID.test(text)) throw new RangeError('not a UUID in lower case');
  return hex(text.replaceAll('-', ''), 16);
}
