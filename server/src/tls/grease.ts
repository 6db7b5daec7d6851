/** True for the reserved values of RFC 8701 §2: both bytes equal and ending in A. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

/** The list without its GREASE values. */
export function withoutGrease(values: readonly number[]): number[] {
  return values.filter(value => !isGrease(value));
}
