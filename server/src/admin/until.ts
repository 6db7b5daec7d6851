const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A moment as people give it: a time (RFC 3339) or how long from now ("30m", "2h", "7d"). Null where it is neither, or is over. Pure. */
export function parseUntil(text: string, nowMs: number): Date | null {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const at = count && unit ? nowMs + Number(count) * UNITS[unit as keyof typeof UNITS] : timeIn(text);
  return at > nowMs ? new Date(at) : null;
}

/** RFC 3339 with its zone: a local time would mean another moment on another machine. */
function timeIn(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}
