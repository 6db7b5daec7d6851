import type { Batch, ComponentBeat, Draft, Prior, Publication } from '../store/publication.ts';
import { sourceToken } from '../trust/source-token.ts';
import type { Harvest } from './assembler.ts';
import { composeDraft, type Surroundings } from './compose.ts';
import type { PendingAttempt } from './pending-attempt.ts';
import { UncomposableError } from './quarantine.ts';

/**
 * Makes a batch of a harvest. Attempts are composed here, as the new ones that they nearly always are, so that it happens while the
 * batch before is being written.
 */
export function makeBatch(harvest: Harvest, surroundings: Surroundings): Omit<Batch, 'components'> {
  return {
    publications: harvest.attempts.map(attempt => publicationOf(attempt, surroundings)),
    alarms: harvest.alarms,
    selfTests: harvest.selfTests.map(({ t, kind: _, ...test }) => ({ ...test, startedUs: t })),
    refusals: harvest.refusals.map(({ minute, target, channel, ip, count }) => {
      const srcToken = sourceToken(surroundings.tokenKey(minute / 1000), ip);
      return { minuteUs: minute, target, channel, srcToken, attempts: count };
    }),
    guestLost: harvest.guestLost,
    progress: harvest.progress,
  };
}

/** A batch with these publications and nothing else. */
export function plainBatch(publications: readonly Publication[]): Batch {
  const nothing = { alarms: [], selfTests: [], refusals: [], guestLost: [], progress: [] };
  return { publications, ...nothing, components: [] satisfies ComponentBeat[] };
}

function publicationOf({ id, facts, address }: PendingAttempt, surroundings: Surroundings): Publication {
  const compose = (prior: Prior | null): { draft: Draft | null } | { error: unknown } => {
    try {
      return { draft: composeDraft(facts, address, prior, surroundings) };
    } catch (error) {
      return { error };
    }
  };
  const fresh = compose(null);
  return {
    id,
    draft: prior => {
      const composed = prior ? compose(prior) : fresh;
      if ('error' in composed) throw new UncomposableError(id, composed.error);
      return composed.draft;
    },
  };
}
