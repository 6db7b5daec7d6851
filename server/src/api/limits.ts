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
  /** Files that are ordered, written or kept. */
  readonly exportJobsPerAddress: number;
  readonly exportJobs: number;
  /** A file that would be larger is given up; all together take so many times as much of the disk at most. */
  readonly exportJobBytes: number;
  readonly exportJobKeptMs: number;
  /** Requests with a claim token, per address and minute. */
  readonly claimsPerMinute: number;
  /** Evidence that is being read for a claim. */
  readonly evidencePerAddress: number;
  readonly evidence: number;
  /** Nonces that wait for a proof. */
  readonly proofsPerAddress: number;
  readonly proofs: number;
  /** For which nonces are gathered. */
  readonly proofIntervalMs: number;
}

export const LIMITS: Limits = Object.freeze({
  requestsPerMinute: 3000,
  streamsPerAddress: 16,
  streams: 2000,
  exportsPerAddress: 4,
  exports: 16,
  exportJobsPerAddress: 2,
  exportJobs: 8,
  exportJobBytes: 1 << 30,
  exportJobKeptMs: 3_600_000,
  claimsPerMinute: 60,
  evidencePerAddress: 2,
  evidence: 4,
  proofsPerAddress: 16,
  proofs: 2000,
  proofIntervalMs: 2000,
});
