import Type, { type Static } from 'typebox';
import { nullable } from '../wire/nullable.ts';
import { OUTCOMES } from '../wire/outcomes.ts';

/** The parts of the API's answers that the commands use. What an installation answers is checked against them. */

export const Health = Type.Object({
  overall: Type.String(),
  database: Type.String(),
  components: Type.Array(
    Type.Object({ name: Type.String(), state: Type.String(), ageS: Type.Number(), stale: Type.Boolean() }),
  ),
  targets: Type.Array(
    Type.Object({
      target: Type.String(),
      state: Type.String(),
      uptimeS: nullable(Type.Number()),
      accelerator: nullable(Type.String()),
      selfTest: nullable(Type.Object({ passed: nullable(Type.Boolean()) })),
      released: nullable(Type.Object({ id: Type.String() })),
    }),
  ),
  alarms: Type.Array(Type.Object({ raisedAt: Type.String(), kind: Type.String(), target: nullable(Type.String()) })),
});

export const Target = Type.Object({
  target: Type.String(),
  bootId: nullable(Type.String()),
  imageSha256: nullable(Type.String()),
  ports: Type.Object({ server: Type.Integer() }),
  certificates: Type.Object({ ca: nullable(Type.Object({ pem: Type.String(), sha256: Type.String() })) }),
  keys: Type.Array(Type.Object({ role: Type.String(), xOnly: Type.String() })),
  output: nullable(Type.Object({ address: Type.String(), network: Type.String() })),
});
export type Target = Static<typeof Target>;
export const Targets = Type.Object({ rows: Type.Array(Target) });

/** How far ingest has come with looking at old rows again. */
export const Reclassified = Type.Object({
  classifier: Type.String(),
  running: Type.Boolean(),
  seq: Type.Integer(),
  upTo: Type.Integer(),
  revised: Type.Integer(),
});

/** What an installation publishes of itself: which image each target runs. */
export const Installation = Type.Object({
  targets: Type.Array(Type.Object({ target: Type.String(), imageSha256: nullable(Type.String()) })),
});

/** What ingest hands out of an attempt's evidence; null for an attempt that it does not know. */
export const Evidence = Type.Object({
  evidence: nullable(
    Type.Object({
      target: Type.String(),
      ipVersion: Type.Union([Type.Literal(4), Type.Literal(6)]),
      /** JSON lines; null where they were erased. */
      transcript: nullable(Type.String()),
      secretsState: Type.Union([Type.Literal('published'), Type.Literal('held'), Type.Literal('none')]),
      secrets: nullable(Type.Object({ clientRandom: Type.String(), client: Type.String(), server: Type.String() })),
    }),
  ),
});

export const Credentials = Type.Object({
  'ca.pem': Type.String(),
  'client.pem': Type.String(),
  'client.key': Type.String(),
  'server.pem': Type.String(),
  'server.key': Type.String(),
});

export const Attempt = Type.Object({
  id: Type.String(),
  seq: Type.Integer(),
  certificate: Type.Object({ chainResult: nullable(Type.String()) }),
  result: Type.Object({
    depth: Type.Integer({ minimum: 0, maximum: 8 }),
    outcome: Type.Enum([...OUTCOMES]),
    alertsSent: Type.Array(Type.Integer()),
    guestError: nullable(Type.String()),
    claimTag: nullable(Type.String()),
  }),
});
export type Attempt = Static<typeof Attempt>;
export const Attempts = Type.Object({ rows: Type.Array(Attempt) });

/** What the supervisor answers to a challenge. */
export const ProofAnswer = Type.Object({
  root: Type.String(),
  message: Type.String(),
  signature: Type.String(),
  key: Type.String(),
  target: Type.String(),
  bootId: Type.String(),
  imageSha256: Type.String(),
  caSha256: Type.String(),
});

/** Of the live and control endpoints it only matters that they answer. */
export const Anything = Type.Unknown();
