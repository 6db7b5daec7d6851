import type { TlsObservation } from '../tls/observation.ts';
import { TlsObserver } from '../tls/observer.ts';
import type { AttemptFacts } from './attempt-facts.ts';

/** Runs the passive parser over the bytes of an attempt, in the order in which they went over the wire. */
export function observe(facts: AttemptFacts): TlsObservation {
  const observer = new TlsObserver(facts.open?.guestRole ?? 'server');
  for (const fact of facts.gateway) {
    if (fact.kind === 'data') observer.push(fact.dir, Buffer.from(fact.bytes, 'base64'), fact.t);
    else if (fact.kind === 'withheld') observer.skip(fact.dir, fact.length, fact.t);
  }
  return observer.result();
}
