import { hash } from 'node:crypto';
import { withoutGrease } from '../../tls/grease.ts';
import type { Micros } from '../../wire/ids.ts';
import type { AttemptRecord } from '../../wire/record.ts';

/** What the windows need to know of one attempt: it is made of its record alone, so that windows can be built again from rows. */
export interface CampaignFact {
  id: string;
  t: Micros;
  /** The token of the address. It changes at midnight, and so every window over addresses begins anew. */
  source: string;
  selfTest: boolean;
  guestRole: 'server' | 'client';
  outcome: string;
  depth: number;
  /** What it looked like by itself. */
  classes: readonly string[];
  /** Letters of what was readable, and records in both directions: two equal exchanges have the same. */
  exchange: string;
  /** From the attacker. */
  bytesIn: number;
  hello: HelloTraits | null;
  /** Equal on both legs of one session. */
  sessionTag: string | null;
}

export interface HelloTraits {
  sha256: string;
  /** Digests: of the list of ciphers, and of everything but random, session id, shares and names. */
  ciphers: string;
  shape: string;
  /** The newest version that is offered. */
  version: number;
  isJarm: boolean;
}

export type CampaignRecord = Pick<
  AttemptRecord,
  'id' | 'startedUs' | 'guestRole' | 'hello' | 'negotiated' | 'result' | 'source' | 'transport'
>;

const DIGEST_CHARS = 16;
/** Protocols that nobody but JARM asks for together (https://github.com/salesforce/jarm). */
const JARM_PROTOCOLS = ['http/0.9', 'spdy/1', 'hq'];

export function campaignFact(record: CampaignRecord): CampaignFact {
  const { result, negotiated, transport, hello } = record;
  return {
    id: record.id,
    t: record.startedUs,
    source: record.source.srcToken,
    selfTest: result.selfTest,
    guestRole: record.guestRole,
    outcome: result.outcome,
    depth: result.depth,
    classes: result.classes.map(({ id }) => id),
    bytesIn: transport.bytesIn,
    exchange: `${negotiated.sslHistory} ${transport.recordsIn} ${transport.recordsOut}`,
    hello: hello && helloTraits(hello),
    sessionTag: result.sessionTag,
  };
}

/** What of a record's hello the traits are made of. */
export type HelloFields = Pick<
  NonNullable<AttemptRecord['hello']>,
  | 'recordVersion'
  | 'legacyVersion'
  | 'supportedVersions'
  | 'ciphers'
  | 'extensions'
  | 'groups'
  | 'keyShares'
  | 'signatureAlgorithms'
  | 'alpn'
  | 'pskModes'
  | 'compression'
  | 'sniKind'
  | 'sessionIdLength'
  | 'helloSha256'
>;

export function helloTraits(hello: HelloFields): HelloTraits {
  const { legacyVersion, sessionIdLength, compression, pskModes, signatureAlgorithms, alpn, sniKind } = hello;
  const ciphers = withoutGrease(hello.ciphers);
  const versions = withoutGrease(hello.supportedVersions);
  const lists = [ciphers, hello.extensions, hello.groups, hello.keyShares, signatureAlgorithms].map(withoutGrease);
  const rest = [
    hello.recordVersion,
    legacyVersion,
    sessionIdLength > 0,
    versions,
    compression,
    pskModes,
    alpn,
    sniKind,
  ];
  return {
    sha256: hello.helloSha256,
    ciphers: digest(ciphers),
    shape: digest([...lists, ...rest]),
    version: versions.length > 0 ? Math.max(...versions) : legacyVersion,
    isJarm: JARM_PROTOCOLS.every(name => alpn.includes(name)),
  };
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value)).slice(0, DIGEST_CHARS);
}
