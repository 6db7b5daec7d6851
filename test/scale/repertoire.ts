import type { Outcome } from '../../server/src/wire/outcomes.ts';
import { Dice } from './dice.ts';
import type { Template } from './templates.ts';

/** Attempts in ten thousand that end so. A guess at what an endpoint on the open Internet meets; what is not named is rarer still. */
const SHARES: Partial<Record<Outcome, number>> = {
  connect_only: 2600,
  idle_timeout: 300,
  not_tls: 1400,
  hello_incomplete: 250,
  hello_malformed: 250,
  version_refused: 600,
  parameters_refused: 400,
  hello_refused: 100,
  certificate_missing: 900,
  certificate_untrusted: 250,
  certificate_unsuitable: 60,
  certificate_malformed: 30,
  possession_failed: 30,
  finished_failed: 15,
  protocol_violation: 200,
  abandoned: 1700,
  refused_by_peer: 300,
  guest_limit: 40,
  gateway_limited: 40,
  backend_unavailable: 30,
  released_self_test: 400,
  released_practice: 15,
};
const SHARE_OF_OTHERS = 2;
/** Of all that was ever released on a prize, a public log would know a handful. */
const SHARE_OF_RELEASED = 0.05;
const PRACTICE_IN_TEN = 6;
/** One kind in so many is about for a part of the time only. */
const FLEETING_OF = 3;
const TRIES = 8;

export interface Choice {
  readonly template: Template;
  readonly hasHello: boolean;
}

interface Kind extends Choice {
  /** When it is about, from 0 to 1 of the whole time. */
  readonly from: number;
  readonly to: number;
}

interface Group {
  readonly upTo: number;
  readonly kinds: readonly Kind[];
}

/** Which kinds of attempts come, and how often: by target and outcome first, then by kind, of which few make most. */
export class Repertoire {
  readonly #groups: readonly Group[];
  readonly #total: number;

  constructor(seed: number, templates: readonly Template[]) {
    const groups = Map.groupBy(templates, ({ record }) => `${record.result.outcome} ${record.target}`);
    let sum = 0;
    this.#groups = [...groups.values()].map((members, number) => {
      sum += shareOf(members[0]);
      return {
        upTo: sum,
        kinds: shuffled(members, new Dice(seed, number)).map((one, rank) => kindOf(one, seed, rank)),
      };
    });
    this.#total = sum;
  }

  /** One of those that are about at a time from 0 to 1. */
  choose(dice: Dice, time: number): Choice {
    const at = dice.next() * this.#total;
    const kinds = (this.#groups.find(({ upTo }) => at < upTo) ?? this.#groups.at(-1))?.kinds ?? [];
    for (let tries = 0; tries < TRIES; tries++) {
      const kind = kinds[dice.rank(kinds.length)];
      if (kind && kind.from <= time && time < kind.to) return kind;
    }
    const [first] = kinds;
    if (!first) throw new RangeError('there are no templates');
    return first;
  }
}

function shareOf(template: Template | undefined): number {
  const { outcome, target } = template?.record.result ? { ...template.record.result, ...template.record } : {};
  const share =
    outcome === 'released' ? SHARE_OF_RELEASED : outcome === undefined ? 0 : (SHARES[outcome] ?? SHARE_OF_OTHERS);
  return (share * (target === 'practice' ? PRACTICE_IN_TEN : 10 - PRACTICE_IN_TEN)) / 10;
}

/** The first of a group is always about. */
function kindOf(template: Template, seed: number, rank: number): Kind {
  const dice = new Dice(seed + 1, rank * 7919 + template.name.length);
  const hasHello = template.record.hello !== null;
  if (rank === 0 || dice.below(FLEETING_OF) > 0) return { template, hasHello, from: 0, to: 1 };
  const from = dice.next();
  return { template, hasHello, from, to: from + 0.02 + dice.next() * 0.3 };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = dice.below(last + 1);
    const [a, b] = [list[last], list[other]];
    if (a === undefined || b === undefined) continue;
    list[last] = b;
    list[other] = a;
  }
  return list;
}
