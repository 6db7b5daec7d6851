import type { Micros } from './ids.ts';

/** What ingest tells each gateway on its bans socket: one JSON object per line, the whole list each time, at connect and at every change. */
export interface BansSnapshot {
  bans: Ban[];
}

export interface Ban {
  /** An address block as PostgreSQL writes a cidr, such as 192.0.2.7/32 or 2001:db8::/48. */
  network: string;
  untilUs: Micros;
}
