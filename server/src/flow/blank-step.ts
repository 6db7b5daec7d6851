import type { Step } from './flow.ts';

/** A step that carries nothing. */
export function blankStep(kind: Step['kind'], from: Step['from']): Step {
  return {
    ...{ kind, from, ok: true, seconds: null, bytes: null, records: 0, complete: true },
    ...{ encrypted: false, epoch: 'none', holds: [], manner: null },
  };
}
