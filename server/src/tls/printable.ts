/**
 * Bytes from an attacker as printable ASCII: whatever else there is becomes `\xNN`, and a backslash `\\`. The result holds no
 * control character, so that a database, a terminal or a CSV file can take it; it is reversible and at most `max` characters.
 */
export function printable(bytes: Uint8Array, max: number): string {
  let text = '';
  for (const byte of bytes) {
    const next = escapeByte(byte);
    if (text.length + next.length > max) break;
    text += next;
  }
  return text;
}

function escapeByte(byte: number): string {
  if (byte === 0x5c) return '\\\\';
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
