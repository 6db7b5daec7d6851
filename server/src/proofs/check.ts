import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { isSigned, PROOF_TAG, type Proof, proofMessage } from '../keys/proof.ts';
import { humanReadablePart, taprootAddress } from '../keys/taproot-address.ts';
import { leafHash, rootOfPath } from './merkle.ts';

/** What the service answers to a nonce, as far as it is looked at here. All in hex. */
export interface ProofAnswer {
  readonly nonce: string;
  readonly proof: Proof;
  readonly inclusion: { readonly index: number; readonly size: number; readonly path: readonly string[] };
}

/** What is published about the target, from elsewhere than the answer. */
export interface PublishedTarget {
  readonly target: string;
  readonly bootId: string | null;
  readonly imageSha256: string | null;
  readonly caSha256: string | null;
  readonly vaultKey: string | null;
  /** Where the money is; null on a target without. */
  readonly address: string | null;
}

/** One step of the check, with the value that it came to. `wrong` is null where it holds. */
export interface Step {
  readonly name: string;
  readonly value: string;
  readonly how: string;
  readonly wrong: string | null;
}

/** Checks an answer to `nonce` step by step; each is done whatever became of those before. Never throws. */
export function checkProof(nonce: string, { proof, ...answer }: ProofAnswer, published: PublishedTarget): Step[] {
  const { index, size, path } = answer.inclusion;
  const leaf = attempt(() => bytesToHex(leafHash(hexToBytes(nonce))));
  const root = attempt(() =>
    bytesToHex(rootOfPath(hexToBytes(leaf), { index, size }, path.map(hexToBytes)) ?? NO_BYTES),
  );
  const message = attempt(() => bytesToHex(proofMessage(proof)));
  const signed = isSigned({ message, signature: proof.signature, key: proof.key });
  const steps = [
    step('Your nonce', nonce, '32 random bytes, made in this browser a moment ago. Nobody could know them before.', [
      answer.nonce !== nonce && 'The answer is to another nonce.',
    ]),
    step('Its leaf', leaf, 'SHA-256(0x00 ‖ nonce), a leaf of RFC 6962.', [leaf === '' && 'The nonce is not hex.']),
    step('The root', root, pathWords(index, size, path.length), [
      root !== proof.root && 'The path from your leaf does not lead to the root that was signed.',
    ]),
    step(
      'The message',
      message,
      `BIP-340 tagged hash, ${PROOF_TAG}, of root ‖ target ‖ boot ‖ image ‖ CA, made again here.`,
      [message !== proof.message && 'The message is not the hash of what it names.'],
    ),
    step('The key', proof.key, `The vault key that ${published.target} publishes, x-only.`, [
      proof.key !== published.vaultKey && 'It is not the published key.',
    ]),
    step('The signature', proof.signature, 'BIP-340 Schnorr signature over the message, by that key.', [
      !signed && 'It does not verify.',
    ]),
    step('What it is bound to', subjectWords(proof), 'Target, boot, image and CA are those that are published now.', [
      proof.target !== published.target && `It is by ${proof.target}.`,
      proof.bootId !== published.bootId && 'It is of another boot than the published one.',
      proof.imageSha256 !== published.imageSha256 && 'It names another image than the published one.',
      proof.caSha256 !== published.caSha256 && 'It names another authority than the published one.',
    ]),
  ];
  const { address } = published;
  if (address === null) return steps;
  const derived = attempt(() => taprootAddress(proof.key, humanReadablePart(address)));
  return [
    ...steps,
    step('The address', derived, 'The Taproot address of that key, worked out here (BIP-341, BIP-86).', [
      derived !== address && 'The published address does not follow from the key.',
    ]),
  ];
}

/** True where every step holds. */
export function holds(steps: readonly Step[]): boolean {
  return steps.every(({ wrong }) => wrong === null);
}

/**
 * Whether this checker notices: the names of the parts of a good answer in which one bit was changed, and with each whether a step
 * turned wrong.
 */
export function selfCheck(
  nonce: string,
  answer: ProofAnswer,
  published: PublishedTarget,
): { part: string; noticed: boolean }[] {
  const { proof, inclusion } = answer;
  const changed: [string, string, ProofAnswer][] = [
    ['nonce', flipBit(nonce), answer],
    ['root', nonce, { ...answer, proof: { ...proof, root: flipBit(proof.root) } }],
    ['message', nonce, { ...answer, proof: { ...proof, message: flipBit(proof.message) } }],
    ['signature', nonce, { ...answer, proof: { ...proof, signature: flipBit(proof.signature) } }],
    ['key', nonce, { ...answer, proof: { ...proof, key: flipBit(proof.key) } }],
    ['image hash', nonce, { ...answer, proof: { ...proof, imageSha256: flipBit(proof.imageSha256) } }],
    ['CA hash', nonce, { ...answer, proof: { ...proof, caSha256: flipBit(proof.caSha256) } }],
  ];
  const [first, ...rest] = inclusion.path;
  if (first) changed.push(['path', nonce, { ...answer, inclusion: { ...inclusion, path: [flipBit(first), ...rest] } }]);
  return changed.map(([part, asked, other]) => ({ part, noticed: !holds(checkProof(asked, other, published)) }));
}

const NO_BYTES = new Uint8Array();

function step(name: string, value: string, how: string, wrong: (string | false)[]): Step {
  const found = wrong.filter(why => why !== false);
  return { name, value, how, wrong: found.length > 0 ? found.join(' ') : null };
}

function subjectWords({ target, bootId, imageSha256, caSha256 }: Proof): string {
  return `${target}, boot ${bootId}, image ${imageSha256}, CA ${caSha256}`;
}

function pathWords(index: number, size: number, hashes: number): string {
  if (size === 1) return 'You were alone in your interval: the leaf is the root.';
  return `Leaf ${index + 1} of the ${size} nonces of your interval, up through ${hashes} hashes of its neighbours.`;
}

/** Empty where it cannot be made: then it equals nothing. */
function attempt(make: () => string): string {
  try {
    return make();
  } catch {
    return '';
  }
}

function flipBit(hex: string): string {
  const digit = Number.parseInt(hex.slice(-1), 16) ^ 1;
  return hex.slice(0, -1) + digit.toString(16);
}
