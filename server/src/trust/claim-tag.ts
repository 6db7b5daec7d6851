const CLAIM_NAME = /^h-([0-9a-f]{40})\.pinata$/;

/**
 * The claim tag in a server name: an attacker who connects with `h-<first 40 hex digits of SHA-256(token)>.pinata` marks the
 * attempt as theirs, and shows the token to prove it. Null for any other name.
 */
export function claimTagOf(serverName: string | null): string | null {
  return serverName?.toLowerCase().match(CLAIM_NAME)?.[1] ?? null;
}
