/** What one address, and all together, may ask of the public listener. Tests lower them. */
export interface Limits {
  /** Requests per address and minute on data routes. */
  readonly requestsPerMinute: number;
  /** Live streams. */
  readonly streamsPerAddress: number;
  readonly streams: number;
  /** Export files being sent. */
  readonly exportsPerAddress: number;
  readonly exports: number;
}

export const LIMITS: Limits = Object.freeze({
  requestsPerMinute: 3000,
  streamsPerAddress: 16,
  streams: 2000,
  exportsPerAddress: 4,
  exports: 16,
});
