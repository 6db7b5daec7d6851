import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: 'date-time', maxLength: 40 });
const Reason = Type.String({ minLength: 1, maxLength: 300 });
const Target = Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' });
const AttemptId = Type.String({ format: 'uuid' });

/** What each verb takes. */
export const VERBS = {
  status: Type.Object({}, closed),
  restart: Type.Object({ target: Target }, closed),
  announce: Type.Object({ text: Type.String({ minLength: 1, maxLength: 500 }), until: Type.Optional(Time) }, closed),
  withdraw: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }, closed),
  ban: Type.Object(
    { network: Type.String({ maxLength: 64 }), until: Type.Optional(Time), reason: Type.Optional(Reason) },
    closed,
  ),
  unban: Type.Object({ network: Type.String({ maxLength: 64 }) }, closed),
  moderate: Type.Object({ attemptId: AttemptId, hide: Type.Boolean() }, closed),
  erase: Type.Object({ attemptId: AttemptId, reason: Reason }, closed),
  'rotate-webhook-secret': Type.Object({}, closed),
  'test-webhook': Type.Object({}, closed),
  log: Type.Object({}, closed),
} as const;
export type Verb = keyof typeof VERBS;
export type Arguments<V extends Verb> = Static<(typeof VERBS)[V]>;

/** One call, as it crosses the socket. */
export const Call = Type.Object(
  {
    verb: Type.String({ maxLength: 40 }),
    arguments: Type.Record(Type.String(), Type.Unknown()),
    who: Type.Object(
      {
        uid: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
        user: Type.String({ maxLength: 64 }),
        onBehalfOf: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
      },
      closed,
    ),
  },
  closed,
);
export type Call = Static<typeof Call>;

/** What a call answers; its result depends on the verb. */
export const Answer = Type.Object({ call: Type.String(), result: Type.Record(Type.String(), Type.Unknown()) });

const Head = Type.Object({ entries: Type.Integer(), sha256: Type.String() });

/** The result of `log`: the file, and where it stands as far as was published. */
export const LogResult = Type.Object({ lines: Type.Array(Type.String()), published: Head });

/** The result of `status`. */
export const StatusResult = Type.Object({
  bans: Type.Array(Type.Object({ network: Type.String(), until: Type.String() })),
  announcements: Type.Array(
    Type.Object({
      id: Type.Integer(),
      at: Type.String(),
      until: Type.Union([Type.String(), Type.Null()]),
      text: Type.String(),
    }),
  ),
  webhook: Type.Union([
    Type.Null(),
    Type.Object({
      waiting: Type.Integer(),
      delivered: Type.Integer(),
      gaveUp: Type.Integer(),
      lastAnswer: Type.Union([Type.String(), Type.Null()]),
    }),
  ]),
  log: Head,
});
