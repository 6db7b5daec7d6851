import { FIXTURES } from '../../server/src/classify/fixtures/all.ts';
import { recorded } from '../../server/src/classify/fixtures/fixture.ts';
import type { Story } from '../../server/src/classify/testing/evidence.ts';
import type { AttemptFacts, GatewayPart } from '../../server/src/ingest/attempt-facts.ts';
import { recordings } from '../../server/src/tls/testing/recording.ts';
import type { AttemptId, BootId, Micros } from '../../server/src/wire/ids.ts';

/** What attempts are made from: what real programs sent, and the examples of every class. */
export interface NamedStory {
  readonly name: string;
  readonly story: Story;
  /** A class that only shows over many attempts, and that this one is to have. */
  readonly campaign: string | null;
}

/** All of them, each once, in one order always. */
export function stories(): NamedStory[] {
  const tools = recordings().map(({ name, connection }) => ({
    name: `${name} #${connection}`,
    story: recorded(name, connection),
    campaign: null,
  }));
  const examples = FIXTURES.filter(({ tool }) => tool === null).map(({ id, what, matches, of }) => ({
    name: `${id}: ${what}`,
    story: isStory(of) ? of : {},
    campaign: isStory(of) || !matches ? null : id,
  }));
  return [...tools, ...examples];
}

function isStory(of: (typeof FIXTURES)[number]['of']): of is Story {
  return !Array.isArray(of);
}

export interface Place {
  readonly id: AttemptId;
  readonly target: string;
  readonly bootId: BootId;
  readonly startUs: Micros;
}

/** The facts that gateway and supervisor would have written of a story. */
export function factsOfStory(story: Story, { id, target, bootId, startUs }: Place): AttemptFacts {
  const { guestRole = 'server', wire = [], guest = [], dialled = true } = story;
  const channel = guestRole === 'server' ? 'server' : 'client';
  const selfTest = story.selfTest ? 'pair' : null;
  const seen = { in: 0, out: 0 };
  const gateway: GatewayPart[] = dialled ? [{ kind: 'dial', t: startUs, id, to: 'guest', ok: true }] : [];
  for (const [index, [dir, bytes, ms]] of wire.entries()) {
    const t = startUs + 1000 * (ms ?? index + 1);
    gateway.push({ kind: 'data', t, id, dir, at: seen[dir], bytes: Buffer.from(bytes).toString('base64') });
    seen[dir] += bytes.length;
  }
  const last = Math.max(startUs + 1000 * (wire.length + 2), gateway.at(-1)?.t ?? 0);
  if (story.close !== null) {
    const { t, ...close } = story.close ?? {};
    gateway.push({
      ...{
        kind: 'close',
        t: t === undefined ? last : startUs + (t - STORY_START),
        id,
        end: 'done',
        by: 'peer',
        how: 'fin',
      },
      ...{ bytesIn: seen.in, bytesOut: seen.out },
      ...close,
    });
  }
  return {
    id,
    open: { kind: 'open', t: startUs, id, target, channel, guestRole, bootId, selfTest },
    gateway,
    guest: guest.map((event, seq) => ({
      ...{ kind: 'guest', t: startUs + seq, target, bootId, seq, id },
      event: { us: seq, ...event },
    })),
  };
}

/** Where the stories' own times begin. */
const STORY_START: Micros = 1_700_000_000_000_000;
