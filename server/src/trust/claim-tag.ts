import { createHash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const TOKEN = /^[0-9a-f]{64}$/;
const TAG_DIGITS = 40;
const CLAIM_NAME = /^h-([0-9a-f]{40})\.pinata$/;

/**
 * The claim tag in a server name: an attacker who connects with `h-<first 40 hex digits of SHA-256(token)>.pinata` marks the
 * attempt as theirs, and shows the token to prove it. Null for any other name.
 */
export function claimTagOf(serverName: string | null): string | null {
  return serverName?.toLowerCase().match(CLAIM_NAME)?.[1] ?? null;
}

/** Makes a claim token: 32 random bytes, as 64 hex digits. Whoever has it has the claim. */
export function newClaimToken(random: (bytes: number) => Uint8Array = randomBytes): string {
  return Buffer.from(random(TOKEN_BYTES)).toString('hex');
}

/** True for what can be a claim token. */
export function isClaimToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The tag that a token opens: the first 40 hex digits of the SHA-256 of its 64 hex digits, as text. */
export function claimTagOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, TAG_DIGITS);
}

/** The server name that marks an attempt with a tag. */
export function claimName(tag: string): string {
  return `h-${tag}.pinata`;
}
