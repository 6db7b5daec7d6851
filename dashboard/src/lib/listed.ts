import type { AttemptRecord, ListedAttempt } from './generated/api.ts';

/** The line of the list for a whole public record. */
export function toListed(record: AttemptRecord): ListedAttempt {
  return {
    id: record.id,
    seq: record.seq,
    change: record.change,
    startedAt: record.startedAt,
    target: record.target,
    channel: record.channel,
    depth: record.result.depth,
    outcome: record.result.outcome,
    inferred: record.result.inferred,
    primaryClass: record.result.primaryClass,
    country: record.source.country,
    srcToken: record.source.srcToken,
    ja4: record.hello?.ja4 ?? null,
    bytesIn: record.transport.bytesIn,
    selfTest: record.result.selfTest,
    alert: record.result.alertsSent[0] ?? null,
  };
}
