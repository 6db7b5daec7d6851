/** How dark a country is: one step per power of ten, so that a shade means the same number at all times. */
export const SHADES = ['none', '1 to 9', '10 to 99', '100 to 999', '1,000 or more'] as const;

/** The index of the shade for a number of attempts. */
export function shadeOf(attempts: number): number {
  return attempts < 1 ? 0 : Math.min(SHADES.length - 1, Math.floor(Math.log10(attempts)) + 1);
}

/** The English name of an ISO 3166 code; ZZ and what has no name is "Unknown". */
export function countryName(code: string): string {
  if (code === 'ZZ') return 'Unknown';
  try {
    return new Intl.DisplayNames('en', { type: 'region', fallback: 'code' }).of(code) ?? code;
  } catch {
    return code;
  }
}
