const NUMBER = new Intl.NumberFormat('en', { useGrouping: true });

/** 12345 → "12,345". */
export function count(n: number): string {
  return NUMBER.format(n);
}

/** A share of a whole in words that never claim 0 % or 100 % falsely. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 0.1) return '< 0.1 %';
  if (part < whole && percent > 99.9) return '> 99.9 %';
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** "2026-11-24 14:03:22Z" of an RFC 3339 time; the date is left out where it is `today`. */
export function utc(time: string, today?: string): string {
  const iso = new Date(time).toISOString();
  const [date, clock] = [iso.slice(0, 10), `${iso.slice(11, 19)}Z`];
  return today?.startsWith(date) ? clock : `${date} ${clock}`;
}

/** A length of time with its two leading units: "3 d 4 h", "12 min 5 s". */
export function span(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const;
  const first = units.findIndex(([, size]) => ms >= size);
  if (first < 0) return '0 s';
  let rest = ms;
  return units
    .slice(first, first + 2)
    .map(([unit, size]) => {
      const n = Math.floor(rest / size);
      rest -= n * size;
      return `${n} ${unit}`;
    })
    .join(' ');
}

/** 1536 → "1.5 kB" (powers of 1,000). */
export function bytes(n: number): string {
  return n < 1000 ? `${n} B` : n < 1e6 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

/** The first characters of a long hash or id, for reading; the whole stands in a title or a link. */
export function short(text: string, length = 8): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
