import Type, { type Static } from 'typebox';
import { nullable } from '../wire/nullable.ts';

/**
 * What the public listener may ask of ingest, as JSON over a unix socket. Whatever belongs to one attempt is asked with the claim token,
 * and ingest itself holds that against the attempt's tag: the listener can open and erase nothing that it was given no token for.
 */

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });

/** Names an attempt, and shows whose it is. */
export const ClaimBody = Type.Object(
  { id: Type.String({ maxLength: 36 }), token: Type.String({ maxLength: 64 }) },
  closed,
);
export type ClaimBody = Static<typeof ClaimBody>;

export const CreditBody = Type.Object({ ...ClaimBody.properties, name: Type.String({ maxLength: 64 }) }, closed);
export type CreditBody = Static<typeof CreditBody>;

export const SourceBody = Type.Object({ ip: Type.String({ maxLength: 45 }) }, closed);

/** Times of an attempt as fine as they were taken, in microseconds; null where they are not known. Offsets count from the start. */
export const FineTimes = Type.Object(
  {
    id: Type.String(),
    startedUs: count,
    durationUs: count,
    offsets: Type.Object(
      {
        firstByte: nullable(count),
        hello: nullable(count),
        serverFlight: nullable(count),
        certificate: nullable(count),
        finished: nullable(count),
        alert: nullable(count),
        close: nullable(count),
      },
      closed,
    ),
  },
  { ...closed, title: 'FineTimes' },
);
export type FineTimes = Static<typeof FineTimes>;

export const ClaimedEvidence = Type.Object(
  {
    target: Type.String(),
    ipVersion: Type.Union([Type.Literal(4), Type.Literal(6)]),
    /** JSON lines. */
    transcript: Type.String(),
    secretsState: Type.Union([Type.Literal('published'), Type.Literal('held'), Type.Literal('none')]),
    secrets: nullable(
      Type.Object({ clientRandom: Type.String(), client: Type.String(), server: Type.String() }, closed),
    ),
  },
  closed,
);
export type ClaimedEvidence = Static<typeof ClaimedEvidence>;

/** The token of a source on a UTC day. */
export const SourceToken = Type.Object(
  { day: Type.String({ format: 'date' }), srcToken: Type.String({ pattern: '^[0-9a-f]{32}$' }) },
  closed,
);
export type SourceToken = Static<typeof SourceToken>;

export const Done = Type.Object({ done: Type.Literal(true) }, closed);
export type Done = Static<typeof Done>;
