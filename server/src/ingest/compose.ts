import { isDeepStrictEqual } from 'node:util';
import { type CampaignRecord, campaignFact } from '../classify/campaign/campaign-fact.ts';
import type { CampaignWindow } from '../classify/campaign/campaign-window.ts';
import { addClasses, classNamed } from '../classify/classes/registry.ts';
import { CLASSIFIER } from '../classify/classifier.ts';
import { conclude } from '../classify/conclude.ts';
import type { Evidence } from '../classify/evidence.ts';
import type { HandshakeSecrets } from '../evidence/handshake-secrets.ts';
import { type OpenedNameless, packTranscript } from '../evidence/transcript.ts';
import type { KnownBoot } from '../store/boots.ts';
import type { Alarm, Draft, Prior, UnsealedRecord } from '../store/publication.ts';
import { describeCertificate } from '../tls/certificate.ts';
import type { TlsObservation } from '../tls/observation.ts';
import { commitToBytes, commitToJson, newSalts, type Salts } from '../trust/commitment.ts';
import { asJson } from '../trust/leaf.ts';
import { ipVersion, sourcePrefix, sourceToken } from '../trust/source-token.ts';
import type { Opened } from '../wire/facts.ts';
import type { AttemptRecord } from '../wire/record.ts';
import {
  type AttemptFacts,
  mergeFacts,
  sameFacts,
  servingBoot,
  setSecretsApart,
  transcriptOf,
  unpackFacts,
} from './attempt-facts.ts';
import type { BootBook } from './boot-book.ts';
import type { Countries } from './country.ts';
import { GuestStory } from './guest-story.ts';
import { observe } from './observe.ts';
import { readsOf } from './reads.ts';
import { buildRecord, type RecordBody } from './record.ts';
import { releaseLikely } from './release-likely.ts';

/** A boot's end this long after a connection's still explains it: both are told by different processes. */
const END_SLACK_US = 2_000_000;

/** What is the same for all attempts. */
export interface Surroundings {
  siteId: string;
  roundId: string;
  termsSha256: string;
  /** Host names of this installation. */
  ownNames: readonly string[];
  /** What many attempts look like together. */
  campaigns: Pick<CampaignWindow, 'take'>;
  boots: BootBook;
  countries: Countries;
  /** The key of the day that a time (ms) lies in. */
  tokenKey(unixMs: number): Uint8Array;
  /** Facts that are known to be missing so far. */
  lost(): number;
}

/**
 * Makes of an attempt's facts what is stored of it. With `prior`, its facts are joined with what is stored; null where that brings
 * nothing new, or where nothing can be said because the opening is not known.
 */
export function composeDraft(
  given: AttemptFacts,
  address: Opened['source'] | null,
  prior: Prior | null,
  around: Surroundings,
): Draft | null {
  const news = setSecretsApart(given);
  const known = prior?.transcript ? setSecretsApart(unpackFacts(given.id, prior.transcript)) : null;
  const facts = known ? mergeFacts(known.facts, news.facts) : news.facts;
  if (known && sameFacts(known.facts, facts)) return null;
  // Without its transcript a stored attempt cannot be joined with anything.
  if (!isOpened(facts) || (prior && !known)) return null;
  const source = prior?.record.source ?? (address && describeSource(address, facts.open, around));
  if (!source) return null;
  return draftOf(facts, { address, source, prior, secrets: news.secrets ?? known?.secrets ?? null }, around);
}

/**
 * Concludes a stored attempt anew from its transcript, by the rules of today. Null where that says what is stored, and where the
 * transcript is gone. What is not of the conclusion stays as it was published: site, round, terms, source, gaps.
 */
export function recomposeDraft(prior: Prior, around: Surroundings): Draft | null {
  const { record, transcript } = prior;
  if (!transcript) return null;
  const { facts, secrets } = setSecretsApart(unpackFacts(record.id, transcript));
  if (!isOpened(facts)) return null;
  const { siteId, roundId, termsSha256, lostBefore } = record;
  const then = { ...around, siteId, roundId, termsSha256, lost: () => lostBefore };
  const draft = draftOf(facts, { address: null, source: record.source, prior, secrets }, then);
  return saysTheSame(draft.record, record) ? null : draft;
}

/** True if two records differ in the classifier that concluded them at most. */
function saysTheSame(now: UnsealedRecord, stored: AttemptRecord): boolean {
  const { seq: _, revision: _r, change: _c, leafHash: _h, ...unsealed } = stored;
  const { classifier } = stored.result;
  return isDeepStrictEqual(asJson({ ...now, result: { ...now.result, classifier } }), asJson(unsealed));
}

interface Origin {
  address: Opened['source'] | null;
  source: AttemptRecord['source'];
  prior: Prior | null;
  secrets: HandshakeSecrets | null;
}

type OpenedFacts = AttemptFacts & { readonly open: OpenedNameless };

function draftOf(facts: OpenedFacts, { address, source, prior, secrets }: Origin, around: Surroundings): Draft {
  const body = concludeRecord(facts, source, prior, around);
  const transcript = transcriptOf(facts);
  const salts = prior ? prior.salts : newSalts();
  // An erasure destroyed the salts: nothing can be committed to any more, and what was stays.
  const kept = prior && !prior.salts ? prior.record.commitments : null;
  const record: UnsealedRecord = {
    ...body,
    commitments: kept ?? commitmentsOf(body, { address, transcript, salts: salts ?? newSalts(), prior }),
  };
  return {
    record,
    private: prior || !address || !salts ? null : { ...address, salts },
    evidence: { packed: packTranscript(transcript), bytes: transcript.length, secrets },
    alarm: alarmOf(record, around.boots.isPrize(record.target)),
  };
}

function concludeRecord(
  facts: OpenedFacts,
  source: AttemptRecord['source'],
  prior: Prior | null,
  around: Surroundings,
): RecordBody {
  const observation = observe(facts);
  const leafDer = new GuestStory(facts.guest).chain?.leafDer ?? null;
  const boot = around.boots.find(servingBoot(facts));
  const input = {
    facts,
    observation,
    conclusion: conclude(evidenceOf(facts, observation, boot, around)),
    certificate: leafDer && describeCertificate(leafDer),
  };
  const context = {
    siteId: around.siteId,
    roundId: around.roundId,
    termsSha256: around.termsSha256,
    boot: boot ?? bootOfPrior(prior),
    source,
    lostBefore: around.lost(),
    classifier: { version: CLASSIFIER.version, sha256: CLASSIFIER.sha256 },
  };
  const alone = buildRecord(input, context);
  const campaign = prior ? classesOfWindow(prior.record) : around.campaigns.take(campaignFact(alone));
  if (campaign.length === 0) return alone;
  return buildRecord({ ...input, conclusion: addClasses(input.conclusion, campaign) }, context);
}

/** What a record has because of others stays: the window that found it has moved on. */
function classesOfWindow({ result }: Pick<CampaignRecord, 'result'>): { id: string; evidence: string }[] {
  return result.classes.filter(({ id }) => classNamed(id)?.needs === 'window' || id === RELAY);
}

/** Found by the outcome too, which then finds it again. */
const RELAY = 'E16_self_relay';

function bootOfPrior(prior: Prior | null): { imageSha256: string; caSha256: string | null } | null {
  const imageSha256 = prior?.record.imageSha256;
  return prior && imageSha256 ? { imageSha256, caSha256: prior.record.caSha256 } : null;
}

/** Everything that the conclusion is drawn from. */
export function evidenceOf(
  facts: OpenedFacts,
  observation: TlsObservation,
  boot: KnownBoot | null,
  { boots, ownNames }: Pick<Surroundings, 'boots' | 'ownNames'>,
): Evidence {
  const close = facts.gateway.find(fact => fact.kind === 'close') ?? null;
  const told = facts.guest.some(({ event }) => event.kind === 'closed');
  const end = told ? null : (boot?.end ?? null);
  const explains = end !== null && (close === null || end.t <= close.t + END_SLACK_US);
  return {
    prize: boots.isPrize(facts.open.target),
    open: facts.open,
    close,
    dials: facts.gateway.filter(fact => fact.kind === 'dial'),
    observation,
    reads: readsOf(facts.gateway),
    guest: [...facts.guest],
    bootEnd: boot && end && explains ? { ...end, kind: 'end', target: boot.target, bootId: boot.id } : null,
    ready: boot?.certificates ?? null,
    releaseLikely: releaseLikely(facts, observation),
    selfTest: facts.open.selfTest !== null,
    ownNames,
  };
}

function describeSource(
  { ip }: Opened['source'],
  open: OpenedNameless,
  { tokenKey, countries }: Surroundings,
): AttemptRecord['source'] {
  return {
    srcToken: sourceToken(tokenKey(open.t / 1000), ip),
    ipVersion: ipVersion(ip),
    country: countries.of(ip),
    geoDb: countries.database,
    asn: null,
    srcPrefix: sourcePrefix(ip),
    srcIp: null,
    srcPort: null,
  };
}

interface Committed {
  address: Opened['source'] | null;
  transcript: Uint8Array;
  salts: Salts;
  prior: Prior | null;
}

/** Binds what is private, and the texts that may be taken away, to the public leaf. */
function commitmentsOf(
  { startedUs, durationUs, offsets, source, hello, certificate, result }: RecordBody,
  { address, transcript, salts, prior }: Committed,
): AttemptRecord['commitments'] {
  const { subject, issuer, san, serial, notBefore, notAfter, eku } = certificate;
  const research = {
    startedUs,
    durationUs,
    offsets,
    srcPrefix: source.srcPrefix,
    sni: hello?.sni ?? null,
    clientRandom: hello?.clientRandom ?? null,
    alpn: hello?.alpn ?? [],
    certificate: { subject, issuer, san, serial, notBefore, notAfter, eku },
    guestError: result.guestError,
    evidence: result.classes.map(({ evidence }) => evidence),
  };
  return {
    // The salt of an address that is gone is gone with it; a commitment that is there already never changes.
    source:
      prior?.record.commitments.source ?? commitToJson(salts.source ?? newSalts().source, address && { ...address }),
    research: commitToJson(salts.research, asJson(research)),
    transcript: commitToBytes(salts.transcript, transcript),
  };
}

function alarmOf({ id, target, startedUs, durationUs, result }: UnsealedRecord, prize: boolean): Alarm | null {
  if (!prize || result.outcome !== 'released') return null;
  const detail = result.inferred ? 'inferred from the wire: the guest told nothing' : 'told by the guest';
  return { kind: 'released', raisedUs: startedUs + durationUs, target, attemptId: id, detail };
}

function isOpened(facts: AttemptFacts): facts is OpenedFacts {
  return facts.open !== null;
}
