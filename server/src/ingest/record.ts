import type { Conclusion } from '../classify/evidence.ts';
import type { OpenedNameless } from '../evidence/transcript.ts';
import type { CertificateDescription } from '../tls/certificate.ts';
import type { TlsObservation } from '../tls/observation.ts';
import { claimTagOf } from '../trust/claim-tag.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { RECORD_MAX_BYTES, RECORD_SCHEMA } from '../wire/record.ts';
import { type AttemptFacts, servingBoot } from './attempt-facts.ts';
import { fitToSize } from './fit.ts';
import { GuestStory } from './guest-story.ts';
import { storableText } from './text.ts';

/** One byte (RFC 8446 §6). */
const ALERT_CODE_MAX = 255;

/** The record before the writer gives it its numbers, its hash and its commitments. */
export type RecordBody = Omit<AttemptRecord, 'seq' | 'revision' | 'change' | 'leafHash' | 'commitments'>;

/** Room for what is added later: three numbers, a hash, three commitments, with their names. */
const SEAL_MAX_BYTES = 512;
const LIST_MAX = 256;
const CUT_NAMES = [
  'hello.supportedVersions',
  'hello.ciphers',
  'hello.extensions',
  'hello.groups',
  'hello.keyShares',
  'hello.signatureAlgorithms',
  'hello.alpn',
  'hello.pskModes',
  'hello.compression',
  'hello.sni',
  'certificate.subject',
  'certificate.issuer',
  'certificate.san',
  'certificate.eku',
  'result.classes',
];

/** What a record needs beside the attempt's own facts. */
export interface RecordContext {
  siteId: string;
  roundId: string;
  termsSha256: string;
  boot: { imageSha256: string; caSha256: string | null } | null;
  source: AttemptRecord['source'];
  lostBefore: number;
  classifier: { version: number; sha256: string };
}

/** What was read off the attempt's bytes and concluded from all of it. */
export interface RecordInput {
  facts: AttemptFacts & { readonly open: OpenedNameless };
  observation: TlsObservation;
  conclusion: Conclusion;
  certificate: CertificateDescription | null;
}

/**
 * Builds the record of an attempt: lists and texts from outside are cut to their caps, then to the record's size. Pure; the same
 * input gives the same record.
 */
export function buildRecord(input: RecordInput, context: RecordContext): RecordBody {
  const { facts, conclusion } = input;
  const { open } = facts;
  const story = new GuestStory(facts.guest);
  const { hello, cut } = helloOf(input);
  const record: RecordBody = {
    schema: RECORD_SCHEMA,
    id: facts.id,
    siteId: storableText(context.siteId, 64),
    roundId: storableText(context.roundId, 64),
    termsSha256: context.termsSha256,
    target: storableText(open.target, 32),
    channel: open.channel,
    guestRole: open.guestRole,
    bootId: servingBoot(facts),
    imageSha256: context.boot?.imageSha256 ?? null,
    caSha256: context.boot?.caSha256 ?? null,
    lostBefore: context.lostBefore,
    startedAt: `${new Date(Math.floor(open.t / 1e6) * 1000).toISOString().slice(0, 19)}Z`,
    startedUs: open.t,
    durationUs: durationOf(facts, open),
    offsets: offsetsOf(input, story),
    source: context.source,
    transport: transportOf(input),
    hello,
    negotiated: negotiatedOf(input),
    certificate: certificateOf(input, story),
    result: {
      depth: conclusion.depth,
      outcome: conclusion.outcome,
      inferred: conclusion.inferred,
      confidence: conclusion.confidence,
      classes: conclusion.classes.slice(0, 32).map(({ id, confidence, evidence, at }) => ({
        id: storableText(id, 48),
        confidence,
        evidence: storableText(evidence, 128),
        at,
      })),
      primaryClass: conclusion.primaryClass === null ? null : storableText(conclusion.primaryClass, 48),
      alertsSent: alertCodes(conclusion.alertsSent),
      alertsReceived: alertCodes(conclusion.alertsReceived),
      guestError: conclusion.guestError === null ? null : storableText(conclusion.guestError, 128),
      sessionTag: story.sessionTag,
      peerIsSelf: story.peerIsSelf,
      selfTest: open.selfTest !== null,
      claimTag: claimTagOf(hello?.sni ?? null),
      classifier: context.classifier,
    },
    truncated: cut,
  };
  record.truncated = [...new Set([...cut, ...fitToSize(record, CUT_NAMES, RECORD_MAX_BYTES - SEAL_MAX_BYTES)])];
  return record;
}

function alertCodes(codes: readonly number[]): number[] {
  return codes.filter(code => Number.isInteger(code) && code >= 0 && code <= ALERT_CODE_MAX).slice(0, 16);
}

/** Until our side closed, or until the last that is known. */
function durationOf({ gateway }: AttemptFacts, open: OpenedNameless): number {
  const last = gateway.find(({ kind }) => kind === 'close') ?? gateway.at(-1);
  return since(open, last?.t) ?? 0;
}

/** Microseconds from the opening. Null for what did not happen. Never negative: the clock may have been set meanwhile. */
function since(open: OpenedNameless, t: number | null | undefined): number | null {
  return t === null || t === undefined ? null : Math.max(0, Math.round(t - open.t));
}

function offsetsOf({ facts, observation }: RecordInput, story: GuestStory): AttemptRecord['offsets'] {
  const { open, gateway } = facts;
  const attackersHello = open.guestRole === 'server' ? CLIENT_HELLO : SERVER_HELLO;
  const began = (type: number, dir?: string) =>
    observation.records.find(seen => seen.messages.includes(type) && (dir === undefined || seen.dir === dir))?.t;
  return {
    firstByte: since(open, gateway.find(fact => isBytes(fact.kind) && 'dir' in fact && fact.dir === 'in')?.t),
    hello: observation.helloState === 'complete' ? since(open, began(attackersHello, 'in')) : null,
    serverFlight: since(open, began(SERVER_HELLO)),
    certificate: since(open, story.time('certificate')),
    finished: since(open, story.time('finished')),
    alert: since(open, observation.alerts[0]?.t ?? story.time('alert_sent') ?? story.time('alert_received')),
    close: since(open, gateway.find(({ kind }) => kind === 'close')?.t),
  };
}

/** RFC 8446 §4. */
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;

function isBytes(kind: string): boolean {
  return kind === 'data' || kind === 'withheld';
}

function transportOf({ facts, observation }: RecordInput): AttemptRecord['transport'] {
  const close = facts.gateway.find(fact => fact.kind === 'close') ?? null;
  return {
    bytesIn: close?.bytesIn ?? bytesSeen(facts, 'in'),
    bytesOut: close?.bytesOut ?? bytesSeen(facts, 'out'),
    recordsIn: observation.recordsIn,
    recordsOut: observation.recordsOut,
    connState: close === null ? 'S1' : connState(close.how, close.by),
    close: close && { by: close.by, kind: close.how },
  };
}

/** Zeek's conn_state of a connection that was accepted; the attacker is its originator. */
function connState(how: 'fin' | 'rst' | 'timeout', by: 'peer' | 'guest' | 'gateway'): string {
  if (how === 'fin') return 'SF';
  if (how === 'rst') return by === 'peer' ? 'RSTO' : 'RSTR';
  return 'S1';
}

function bytesSeen({ gateway }: AttemptFacts, dir: 'in' | 'out'): number {
  return gateway.reduce((end, fact) => {
    if (fact.kind === 'data' && fact.dir === dir)
      return Math.max(end, fact.at + Buffer.byteLength(fact.bytes, 'base64'));
    if (fact.kind === 'withheld' && fact.dir === dir) return Math.max(end, fact.at + fact.length);
    return end;
  }, 0);
}

function helloOf({ facts, observation }: RecordInput): { hello: AttemptRecord['hello']; cut: string[] } {
  const { clientHello, hello: seen } = observation;
  if (facts.open.guestRole !== 'server' || !clientHello || !seen) return { hello: null, cut: [] };
  const cut: string[] = [];
  const capped = <T>(name: string, list: readonly T[], max: number): T[] => {
    if (list.length > max) cut.push(`hello.${name}`);
    return list.slice(0, max);
  };
  const { sni } = clientHello;
  const hello = {
    recordVersion: clientHello.recordVersion,
    legacyVersion: clientHello.legacyVersion,
    supportedVersions: capped('supportedVersions', clientHello.supportedVersions, LIST_MAX),
    ciphers: capped('ciphers', clientHello.ciphers, LIST_MAX),
    extensions: capped('extensions', clientHello.extensions, LIST_MAX),
    groups: capped('groups', clientHello.groups, LIST_MAX),
    keyShares: capped('keyShares', clientHello.keyShares, LIST_MAX),
    signatureAlgorithms: capped('signatureAlgorithms', clientHello.signatureAlgorithms, LIST_MAX),
    alpn: capped('alpn', clientHello.alpn, 16).map(name => storableText(name, 64)),
    pskModes: capped('pskModes', clientHello.pskModes, 16),
    compression: capped('compression', clientHello.compression, 32),
    sniKind: sni?.kind ?? null,
    sessionIdLength: clientHello.sessionIdLength,
    psk: clientHello.psk,
    earlyData: clientHello.earlyData,
    ech: clientHello.ech,
    grease: clientHello.grease,
    pqShare: clientHello.pqShare,
    helloBytes: seen.bytes,
    helloRecords: seen.records,
    helloSha256: seen.sha256,
    hrr: observation.helloRetryRequest,
    ja3: observation.ja3,
    ja4: observation.ja4 && storableText(observation.ja4, 40),
    sni: sni && storableText(sni.name, 255),
    clientRandom: /^[0-9a-f]{64}$/.test(clientHello.random) ? clientHello.random : null,
  };
  return { hello, cut };
}

function negotiatedOf({ observation, conclusion }: RecordInput): AttemptRecord['negotiated'] {
  const { serverHello } = observation;
  return {
    version: serverHello && (serverHello.selectedVersion ?? serverHello.legacyVersion),
    cipher: serverHello?.cipher ?? null,
    group: serverHello?.group ?? null,
    ja3s: observation.ja3s,
    sslHistory: observation.history.slice(0, 100),
    established: conclusion.depth >= FINISHED_DEPTH,
  };
}

const FINISHED_DEPTH = 7;

function certificateOf({ conclusion, certificate }: RecordInput, story: GuestStory): AttemptRecord['certificate'] {
  const { chain } = story;
  const text = (value: string | null | undefined, max: number) => (value ? storableText(value, max) : null);
  return {
    presented: chain ? chain.count > 0 : conclusion.outcome === 'certificate_missing' ? false : null,
    chainLength: chain?.count ?? null,
    chainSha256: chain?.sha256 ?? null,
    leafSpkiSha256: certificate?.spkiSha256 ?? null,
    chainResult: story.chainResult && storableText(story.chainResult, 64),
    verifyScheme: story.possession?.scheme ?? null,
    verifyOk: story.possession?.ok ?? null,
    subject: text(certificate?.subject, 512),
    issuer: text(certificate?.issuer, 512),
    san: (certificate?.san ?? []).slice(0, 16).map(name => storableText(name, 255)),
    serial: text(certificate?.serial, 64),
    notBefore: text(certificate?.notBefore, 32),
    notAfter: text(certificate?.notAfter, 32),
    eku: (certificate?.eku ?? []).slice(0, 16).map(name => storableText(name, 64)),
  };
}
