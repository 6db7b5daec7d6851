/**
 * Text from outside as the store can hold it: at most `max` UTF-16 units, no lone surrogates and no NUL, which PostgreSQL's jsonb
 * refuses. Everything else stays as it is and is escaped where it is shown.
 */
export function storableText(text: string, max: number): string {
  return text.slice(0, max).toWellFormed().replaceAll('\u0000', '\ufffd');
}
