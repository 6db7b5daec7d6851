import Type, { type Static, type TSchema } from 'typebox';
import { nullable } from './nullable.ts';
import { OUTCOMES } from './outcomes.ts';

/**
 * The public record of one attempt, `pinata.attempt/1`. One TypeBox object is the type, the validation, the published JSON
 * Schema and the privacy tier of each field: P public, R vetted researcher, O operator. A field without a tier cannot be exported.
 */
export type Tier = 'P' | 'R' | 'O';

export const RECORD_SCHEMA = 'pinata.attempt/1';
export const RECORD_MAX_BYTES = 8192;

const p = <T extends TSchema>(schema: T): T => inTier(schema, 'P');
const r = <T extends TSchema>(schema: T): T => inTier(schema, 'R');
const o = <T extends TSchema>(schema: T): T => inTier(schema, 'O');

/** A copy that carries the tier: the schemas below are shared between fields of different tiers. Keeps what TypeBox hides. */
function inTier<T extends TSchema>(schema: T, tier: Tier): T {
  return Object.defineProperties(
    { ...schema },
    { ...Object.getOwnPropertyDescriptors(schema), tier: { value: tier, enumerable: true } },
  );
}
const hex = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${bytes * 2}}$` });
const u8 = Type.Integer({ minimum: 0, maximum: 255 });
const u16 = Type.Integer({ minimum: 0, maximum: 65535 });
const u16s = Type.Array(u16, { maxItems: 256 });
const uuid = Type.String({ format: 'uuid' });
const count = Type.Integer({ minimum: 0 });
const closed = { additionalProperties: false } as const;
/** `in`: from the attacker; `out`: from the guest. */
const Direction = Type.Union([Type.Literal('in'), Type.Literal('out')]);

const Hello = Type.Object(
  {
    recordVersion: p(u16),
    legacyVersion: p(u16),
    supportedVersions: p(u16s),
    ciphers: p(u16s),
    extensions: p(u16s),
    groups: p(u16s),
    keyShares: p(u16s),
    signatureAlgorithms: p(u16s),
    alpn: p(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 })),
    pskModes: p(Type.Array(Type.Integer(), { maxItems: 16 })),
    compression: p(Type.Array(Type.Integer(), { maxItems: 32 })),
    sniKind: p(
      nullable(Type.Union([Type.Literal('host'), Type.Literal('ip'), Type.Literal('empty'), Type.Literal('invalid')])),
    ),
    sessionIdLength: p(count),
    psk: p(Type.Boolean()),
    earlyData: p(Type.Boolean()),
    ech: p(Type.Boolean()),
    grease: p(Type.Boolean()),
    pqShare: p(Type.Boolean()),
    helloBytes: p(count),
    helloRecords: p(count),
    helloSha256: p(hex(32)),
    hrr: p(Type.Boolean()),
    ja3: p(nullable(hex(16))),
    ja4: p(nullable(Type.String({ maxLength: 40 }))),
    sni: r(nullable(Type.String({ maxLength: 255 }))),
    clientRandom: r(nullable(hex(32))),
  },
  closed,
);

export const AttemptRecord = Type.Object(
  {
    schema: p(Type.Literal(RECORD_SCHEMA)),
    id: p(uuid),
    seq: p(Type.Integer({ minimum: 1 })),
    revision: p(Type.Integer({ minimum: 1 })),
    change: p(Type.Integer({ minimum: 1 })),
    siteId: p(Type.String({ maxLength: 64 })),
    roundId: p(Type.String({ maxLength: 64 })),
    termsSha256: p(hex(32)),
    target: p(Type.String({ maxLength: 32 })),
    channel: p(Type.Union([Type.Literal('server'), Type.Literal('callback'), Type.Literal('client')])),
    guestRole: p(Type.Union([Type.Literal('server'), Type.Literal('client')])),
    bootId: p(nullable(uuid)),
    imageSha256: p(nullable(hex(32))),
    caSha256: p(nullable(hex(32))),
    /** Facts that are known to be missing before this row: gaps in a spool, events that the guest dropped. */
    lostBefore: p(count),
    leafHash: p(hex(32)),
    startedAt: p(Type.String({ format: 'date-time' })),
    startedUs: r(Type.Integer()),
    durationUs: r(count),
    offsets: r(
      Type.Object(
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
    ),
    source: Type.Object(
      {
        srcToken: p(hex(16)),
        ipVersion: p(Type.Union([Type.Literal(4), Type.Literal(6)])),
        country: p(Type.String({ pattern: '^[A-Z]{2}$' })),
        geoDb: p(nullable(Type.String({ maxLength: 64 }))),
        asn: p(nullable(Type.Integer())),
        srcPrefix: r(nullable(Type.String())),
        srcIp: o(nullable(Type.String())),
        srcPort: o(nullable(u16)),
      },
      closed,
    ),
    transport: Type.Object(
      {
        bytesIn: p(count),
        bytesOut: p(count),
        recordsIn: p(count),
        recordsOut: p(count),
        /** Zeek's conn_state where it applies: S1 SF S2 S3 RSTO RSTR. */
        connState: p(nullable(Type.String({ maxLength: 6 }))),
        close: p(
          nullable(
            Type.Object(
              {
                by: Type.Union([Type.Literal('peer'), Type.Literal('guest'), Type.Literal('gateway')]),
                kind: Type.Union([Type.Literal('fin'), Type.Literal('rst'), Type.Literal('timeout')]),
              },
              closed,
            ),
          ),
        ),
      },
      closed,
    ),
    /** The attacker's ClientHello (server role) or null. */
    hello: nullable(Hello),
    negotiated: Type.Object(
      {
        version: p(nullable(u16)),
        cipher: p(nullable(u16)),
        group: p(nullable(u16)),
        ja3s: p(nullable(hex(16))),
        sslHistory: p(Type.String({ maxLength: 100 })),
        established: p(Type.Boolean()),
      },
      closed,
    ),
    certificate: Type.Object(
      {
        presented: p(nullable(Type.Boolean())),
        chainLength: p(nullable(count)),
        chainSha256: p(nullable(hex(32))),
        leafSpkiSha256: p(nullable(hex(32))),
        /** `ok`, or the verifier's reason as the guest reports it. */
        chainResult: p(nullable(Type.String({ maxLength: 64 }))),
        verifyScheme: p(nullable(u16)),
        verifyOk: p(nullable(Type.Boolean())),
        subject: r(nullable(Type.String({ maxLength: 512 }))),
        issuer: r(nullable(Type.String({ maxLength: 512 }))),
        san: r(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 16 })),
        serial: r(nullable(Type.String({ maxLength: 64 }))),
        notBefore: r(nullable(Type.String())),
        notAfter: r(nullable(Type.String())),
        eku: r(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 })),
      },
      closed,
    ),
    result: Type.Object(
      {
        depth: p(Type.Integer({ minimum: 0, maximum: 8 })),
        outcome: p(Type.Enum([...OUTCOMES])),
        /** True where no guest event told it and it was read off the wire; then `confidence` is at most 0.8. */
        inferred: p(Type.Boolean()),
        confidence: p(Type.Number({ minimum: 0, maximum: 1 })),
        classes: p(
          Type.Array(
            Type.Object(
              {
                id: Type.String({ maxLength: 48 }),
                confidence: Type.Number(),
                evidence: Type.String({ maxLength: 128 }),
                /** Where in the transcript it lies; null where no byte shows it. Rows of earlier classifiers lack it. */
                at: Type.Optional(nullable(Type.Object({ dir: Direction, offset: count, length: count }, closed))),
              },
              closed,
            ),
            { maxItems: 32 },
          ),
        ),
        primaryClass: p(nullable(Type.String({ maxLength: 48 }))),
        alertsSent: p(Type.Array(u8, { maxItems: 16 })),
        alertsReceived: p(Type.Array(u8, { maxItems: 16 })),
        guestError: p(nullable(Type.String({ maxLength: 128 }))),
        sessionTag: p(nullable(hex(32))),
        peerIsSelf: p(nullable(Type.Boolean())),
        selfTest: p(Type.Boolean()),
        claimTag: p(nullable(hex(20))),
        classifier: p(Type.Object({ version: Type.Integer(), sha256: hex(32) }, closed)),
      },
      closed,
    ),
    /** Names of lists that were cut to their cap. */
    truncated: p(Type.Array(Type.String(), { maxItems: 32 })),
    /** True once what is private of it was destroyed; the commitments can then be opened no more. Not in the leaf. */
    erased: Type.Optional(p(Type.Boolean())),
    commitments: p(Type.Object({ source: hex(32), research: hex(32), transcript: nullable(hex(32)) }, closed)),
  },
  { ...closed, $id: RECORD_SCHEMA },
);

/** A whole record, all tiers. What leaves the house goes through `project`. */
export type AttemptRecord = Static<typeof AttemptRecord>;
