import Type, { type Static } from 'typebox';
import { nullable } from '../wire/nullable.ts';
import { CHECK_IDS } from './checks.ts';
import { MESSAGE_NAMES } from './message-names.ts';

/**
 * What was said on one connection, in order, as everybody may see it. Nothing in it is text of an attacker: every string is one of a list,
 * or made by us. No import of Node, so that the dashboard can carry its types.
 */

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

export const STEPS_MAX = 64;
export const HOLDS_MAX = 16;

/** A message that a step carried. */
const Held = Type.Object(
  {
    name: Type.Enum([...MESSAGE_NAMES]),
    number: nullable(
      Type.Integer({
        minimum: 0,
        description:
          'Alert: its code. Certificate: how many it holds. Secret: its bytes. HandshakeMessage, UnknownRecord: its type. Else null',
      }),
    ),
    known: Type.Enum(['read', 'told', 'inferred'], {
      description: 'read: it was in the clear; told: by the target; inferred: from the outcome or from sizes',
    }),
  },
  closed,
);
export type Held = Static<typeof Held>;

const Step = Type.Object(
  {
    kind: Type.Enum(['connect', 'call_back', 'message', 'bytes', 'close', 'gap'], {
      description: 'bytes: not in TLS records; gap: what is left out here, since there is too much of it',
    }),
    from: Type.Enum(['peer', 'target', 'gateway']),
    ok: Type.Boolean({ description: 'false: a call back that nobody answered' }),
    seconds: nullable(
      Type.Integer({
        minimum: 0,
        description: 'since the connection was accepted, up or down to a whole second by chance',
      }),
    ),
    bytes: nullable(Type.Integer({ minimum: 0, description: 'on the wire, with record headers' })),
    records: count,
    complete: Type.Boolean({ description: 'false: it ends before the length that its record declares' }),
    encrypted: Type.Boolean(),
    epoch: nullable(
      Type.Enum(['none', 'handshake', 'application'], { description: 'the keys that it is under; null: not known' }),
    ),
    holds: Type.Array(Held, { maxItems: HOLDS_MAX, description: 'empty where nobody can say' }),
    manner: nullable(Type.Enum(['fin', 'rst', 'timeout'], { description: 'of a close' })),
  },
  closed,
);
export type Step = Static<typeof Step>;

const Stop = Type.Object(
  {
    step: Type.Integer({ minimum: 0, description: 'where, as an index of `steps`' }),
    by: Type.Enum(['target', 'gateway', 'peer']),
    alert: nullable(Type.Integer({ minimum: 0, maximum: 255 })),
    check: nullable(Type.Enum([...CHECK_IDS], { description: 'what failed; null where nobody checked anything' })),
    says: nullable(Type.String({ description: 'the same in words' })),
    section: nullable(Type.String({ description: 'where that is written: RFC and section' })),
  },
  closed,
);
export type Stop = Static<typeof Stop>;

export const Flow = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    revision: Type.Integer({ minimum: 1 }),
    basis: Type.Enum(['transcript', 'record'], {
      description:
        'transcript: what went over the wire; record: only what the record says of it, so that sizes are missing',
    }),
    withheld: nullable(
      Type.Enum(['embargo', 'not_kept'], {
        description: 'why there is no more than the record: held back for now, or gone',
      }),
    ),
    channel: Type.Enum(['server', 'callback', 'client']),
    guestRole: Type.Enum(['server', 'client'], { description: 'the TLS role of the target' }),
    steps: Type.Array(Step, { maxItems: STEPS_MAX }),
    unlisted: Type.Integer({ minimum: 0, description: 'records that were counted and not described' }),
    stop: nullable(Stop),
  },
  { ...closed, title: 'Flow' },
);
export type Flow = Static<typeof Flow>;
