import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GuestRole } from '../wire/facts.ts';
import { newAttemptId } from '../wire/ids.ts';
import type { AttemptFacts, GatewayPart } from './attempt-facts.ts';
import { observe } from './observe.ts';
import { releaseLikely } from './release-likely.ts';
import { attemptStory, NOON } from './testing/story.ts';

const APPLICATION_DATA = 23;
/** What the gateway keeps of a record that it withholds. */
const HEADER_BYTES = 5;

type Sent = readonly ['in' | 'out', number, 'kept' | 'withheld'];

/** A conversation of encrypted records of given lengths. */
function conversation(guestRole: GuestRole, records: readonly Sent[]): AttemptFacts {
  const id = newAttemptId(NOON);
  const opened = attemptStory({ guestRole }).gateway.find(fact => fact.kind === 'open');
  assert.ok(opened);
  const { source: _, ...open } = opened;
  const at = { in: 0, out: 0 };
  const gateway = records.flatMap(([dir, length, how]): GatewayPart[] => {
    const header = Buffer.from([APPLICATION_DATA, 3, 3, length >> 8, length & 0xff]);
    const kept = how === 'kept' ? Buffer.concat([header, Buffer.alloc(length)]) : header;
    const data: GatewayPart = { kind: 'data', t: NOON, id, dir, at: at[dir], bytes: kept.toString('base64') };
    const body = {
      kind: 'withheld',
      t: NOON,
      id,
      dir,
      at: at[dir] + HEADER_BYTES,
      length,
      sha256: '',
      why: 'ciphertext',
    } as const;
    at[dir] += HEADER_BYTES + length;
    return how === 'kept' ? [data] : [data, body];
  });
  return { id, open: { ...open, id }, gateway, guest: [] };
}

const CASES: readonly [what: string, role: GuestRole, records: readonly Sent[], likely: boolean][] = [
  ['nothing', 'server', [], false],
  ['the server’s own flight', 'server', [['out', 900, 'kept']], false],
  [
    'a flight and its answer',
    'server',
    [
      ['out', 900, 'kept'],
      ['in', 400, 'kept'],
    ],
    false,
  ],
  [
    'an encrypted alert after the answer',
    'server',
    [
      ['out', 900, 'kept'],
      ['in', 400, 'kept'],
      ['out', 19, 'withheld'],
    ],
    false,
  ],
  [
    'a release after the answer',
    'server',
    [
      ['out', 900, 'kept'],
      ['in', 400, 'kept'],
      ['out', 420, 'withheld'],
    ],
    true,
  ],
  [
    'a release that practice keeps',
    'server',
    [
      ['out', 900, 'kept'],
      ['in', 400, 'kept'],
      ['out', 420, 'kept'],
    ],
    true,
  ],
  [
    'the client’s flight',
    'client',
    [
      ['in', 900, 'kept'],
      ['out', 700, 'kept'],
    ],
    false,
  ],
  [
    'the client’s flight and an alert',
    'client',
    [
      ['in', 900, 'kept'],
      ['out', 700, 'kept'],
      ['out', 19, 'withheld'],
    ],
    false,
  ],
  [
    'the client’s flight and a release',
    'client',
    [
      ['in', 900, 'kept'],
      ['out', 700, 'kept'],
      ['out', 420, 'withheld'],
    ],
    true,
  ],
  [
    'what an attacker sent and was withheld',
    'server',
    [
      ['out', 900, 'kept'],
      ['in', 420, 'withheld'],
    ],
    false,
  ],
];

for (const [what, role, records, likely] of CASES) {
  test(`guest as ${role}, ${what}: ${likely ? 'likely' : 'no'} release`, () => {
    const facts = conversation(role, records);
    assert.equal(releaseLikely(facts, observe(facts)), likely);
  });
}
