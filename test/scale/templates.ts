import { BootBook } from '../../server/src/ingest/boot-book.ts';
import { composeDraft, type Surroundings } from '../../server/src/ingest/compose.ts';
import type { UnsealedRecord } from '../../server/src/store/publication.ts';
import type { Micros } from '../../server/src/wire/ids.ts';
import { factsOfStory, type NamedStory, stories } from './stories.ts';

/** One kind of attempt, composed and classified by the product's own code; what differs from one to the next is put in later. */
export interface Template {
  readonly name: string;
  readonly record: UnsealedRecord;
  /** The same before the guest had told anything. */
  readonly early: UnsealedRecord;
}

export const TARGETS = ['practice', 'prize'] as const;

const START_US: Micros = Date.UTC(2026, 0, 1) * 1000;
const ID = '019b7000-0000-7000-8000-000000000001';
const BOOT = '019b7000-0000-7000-8000-0000000000ff';
const ADDRESS = { ip: '192.0.2.7', port: 40_000 };

let composed: readonly Template[] | undefined;

/** Every story for every target. They are composed once, which takes a second or two. */
export function composeTemplates(): readonly Template[] {
  composed ??= TARGETS.flatMap(target => stories().flatMap(story => templateOf(story, target)));
  return composed;
}

function templateOf({ name, story, campaign }: NamedStory, target: (typeof TARGETS)[number]): Template[] {
  const facts = factsOfStory(story, { id: ID, target, bootId: BOOT, startUs: START_US });
  const around = surroundings(target, story, campaign);
  const record = composeDraft(facts, ADDRESS, null, around)?.record;
  const early =
    facts.guest.length === 0 ? record : composeDraft({ ...facts, guest: [] }, ADDRESS, null, around)?.record;
  return record && early ? [{ name: `${name} on ${target}`, record, early }] : [];
}

function surroundings(
  target: (typeof TARGETS)[number],
  { ready = null, bootEnd, close }: NamedStory['story'],
  campaign: string | null,
): Surroundings {
  const end = bootEnd ? { t: START_US + (close === null ? 1 : 1000), reason: bootEnd, detail: 'panic' } : null;
  const boot = {
    ...{ id: BOOT, startedUs: START_US - 1, target, prize: target === 'prize', certificates: ready },
    ...{ imageSha256: '11'.repeat(32), caSha256: '22'.repeat(32) },
    end: end && { kind: 'end' as const, target, bootId: BOOT, ...end },
  };
  return {
    siteId: 'scale',
    roundId: 'scale-round',
    termsSha256: '00'.repeat(32),
    ownNames: ['attack.example'],
    campaigns: { take: () => (campaign === null ? [] : [{ id: campaign, evidence: 'one of many' }]) },
    boots: new BootBook([boot]),
    countries: { database: 'countries@2026-01-01', of: () => 'ZZ' },
    tokenKey: () => new Uint8Array(32),
    lost: () => 0,
  };
}
