/** The steps from the paper outside to the core, in the words of the page. */
export const DEPTH_WORDS = [
  ['connected', 'opened a connection'],
  ['spoke', 'sent something'],
  ['hello', 'sent a whole TLS hello'],
  ['negotiated', 'agreed on version and cipher'],
  ['certificate', 'showed a certificate'],
  ['chain', 'had one from our authority'],
  ['possession', 'proved its key'],
  ['finished', 'finished the handshake'],
  ['released', 'was given the secret'],
] as const;

/** The short name of a depth, 0 to 8. */
export function depthName(depth: number): string {
  return DEPTH_WORDS[depth]?.[0] ?? 'unknown';
}
