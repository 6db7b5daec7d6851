import type { Micros } from '../../wire/ids.ts';
import type { CampaignFact } from './campaign-fact.ts';
import { Lru } from './lru.ts';
import { type CampaignFound, SOURCE_RULES } from './rules.ts';
import { RecentSet } from './sliding.ts';
import { SourceWindow } from './source-window.ts';

const TEN_MINUTES_US = 600_000_000;
const DAY_US = 86_400_000_000;
/** What is remembered, whatever comes; beyond it the oldest is forgotten. A source takes some kilobytes at most. */
const SOURCES_MAX = 4096;
const HELLOS_MAX = 32_768;
const SHAPES_MAX = 4096;
const SESSIONS_MAX = 4096;
const ATTEMPTS_MAX = 32_768;
const SOURCES_OF_A_TOOL = 5;
const SOURCES_OF_A_SHAPE_MAX = 8;

/**
 * What many attempts look like together. Attempts go in, in the order of their publication, and the classes come out that each of
 * them gets because of those before. Pure but for its own memory, which is bounded; built again from rows it is the same.
 */
export class CampaignWindow {
  readonly #sources = new Lru<string, SourceWindow>(SOURCES_MAX);
  readonly #hellos = new Lru<string, { id: string; t: Micros }>(HELLOS_MAX);
  readonly #shapes = new Lru<string, RecentSet>(SHAPES_MAX);
  readonly #sessions = new Lru<string, CampaignFact['guestRole']>(SESSIONS_MAX);
  readonly #attempts = new Lru<string, CampaignFound[]>(ATTEMPTS_MAX);

  /** The classes of one attempt. Asked again for the same attempt it gives the same, and counts nothing twice. */
  take(fact: CampaignFact): CampaignFound[] {
    const known = this.#attempts.get(fact.id);
    if (known) return known;
    const found = fact.selfTest ? [] : this.#judge(fact);
    this.#attempts.set(fact.id, found);
    return found;
  }

  #judge(fact: CampaignFact): CampaignFound[] {
    const source = this.#sources.ensure(fact.source, () => new SourceWindow());
    const alone = SOURCE_RULES.flatMap(rule => rule(fact, source) ?? []);
    return [...alone, ...this.#replayed(fact), ...this.#distributed(fact), ...this.#relayed(fact)];
  }

  #replayed({ id, t, hello }: CampaignFact): CampaignFound[] {
    if (hello === null) return [];
    const before = this.#hellos.get(hello.sha256);
    this.#hellos.set(hello.sha256, { id, t });
    const isReplay = before !== undefined && t - before.t <= DAY_US;
    return isReplay ? [{ id: 'F07_hello_replay', evidence: `the same as in attempt ${before.id}` }] : [];
  }

  /** Programs that are known by name come from everywhere, which tells nothing. */
  #distributed({ source, t, hello, classes }: CampaignFact): CampaignFound[] {
    if (hello === null || classes.some(id => id.startsWith('C34_'))) return [];
    const sources = this.#shapes.ensure(hello.shape, () => new RecentSet(TEN_MINUTES_US, SOURCES_OF_A_SHAPE_MAX));
    const count = sources.add(source, t);
    if (count < SOURCES_OF_A_TOOL) return [];
    return [{ id: 'F08_distributed_tool', evidence: `the same hello from ${count} addresses within ten minutes` }];
  }

  #relayed({ sessionTag, guestRole }: CampaignFact): CampaignFound[] {
    if (sessionTag === null) return [];
    const other = this.#sessions.get(sessionTag);
    this.#sessions.set(sessionTag, guestRole);
    const isRelay = other !== undefined && other !== guestRole;
    return isRelay ? [{ id: 'E16_self_relay', evidence: 'one session has both of its ends here' }] : [];
  }
}
