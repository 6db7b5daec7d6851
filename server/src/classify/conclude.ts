import { makeCase } from './case.ts';
import { classesOf } from './classes/registry.ts';
import { depthOf } from './depth.ts';
import type { Conclusion, Evidence } from './evidence.ts';
import { guestErrorOf } from './guest-error.ts';
import { outcomeOf } from './outcome.ts';

/**
 * Says what an attempt came to: how far it got, how it ended, what it looked like. Pure: the same evidence gives the same
 * conclusion, and more evidence may give another one.
 *
 * `evidence.releaseLikely` counts as decided unless the guest told that it ended or refused before the handshake was complete; the
 * caller waits for the guest's own word before it sets it.
 */
export function conclude(evidence: Evidence): Conclusion {
  const c = makeCase(evidence);
  const { outcome, inferred, confidence } = outcomeOf(c);
  const classes = classesOf(c, outcome);
  return {
    depth: depthOf(c, outcome.startsWith('released')),
    outcome,
    inferred,
    confidence,
    guestError: guestErrorOf(c.guest),
    alertsSent: c.alertsSent,
    alertsReceived: c.alertsReceived,
    classes,
    primaryClass: classes[0]?.id ?? null,
  };
}
