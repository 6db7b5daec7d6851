import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsObservation } from './observation.ts';
import { TlsObserver } from './observer.ts';
import { RECORD_HEADER_BYTES } from './record-reader.ts';
import { DISAGREEMENTS, hasOddName, type Judged } from './testing/disagreements.ts';
import { MUTATIONS, seeded } from './testing/mutations.ts';
import type { Segment } from './testing/pcap.ts';
import { hasProgram } from './testing/real-peers.ts';
import { recordings } from './testing/recording.ts';
import { dissectSides } from './testing/tshark.ts';
import { differences, FIELDS, troubleOf } from './testing/tshark-fields.ts';

const HANDSHAKE = 22;
const SEED = 20_261_124;
const skip = (await hasProgram('tshark')) ? false : 'tshark is not here';

/** Conversations in which the two differ, and why. */
const DIFFERING: Readonly<Record<string, string>> = {
  'openssl s_client -tls1_2 -cipher eNULL:@SECLEVEL=0': 'nothing is encrypted: tshark reads on, we call it protected',
  'tls-attacker record-type': 'tshark takes a record of type 99 for none',
  'tls-attacker record-version': 'tshark takes a record of version 5.5 for none',
  'tls-attacker interleaved': 'tshark gives up the message that another record interrupts, we name what began',
  'tls-attacker length-bomb': 'tshark waits for 2^24 bytes, we name what began',
  'tls-attacker duplicate-extension': 'tshark adds up what the same extension says twice, we read the first',
  'tls-attacker malformed-hello': 'its structure does not hold: we read nothing of it',
  'zzuf -s 1': 'its structure does not hold: we read nothing of it',
  'tls-attacker role-confusion': 'we read no hello of the other role',
  'tls-attacker two-hellos': 'of hellos that nobody asked for we read the first',
  'tls-attacker renegotiation': 'of hellos that nobody asked for we read the first',
};

test('every field of what real programs send and get is what tshark finds', { skip }, async t => {
  const made = recordings()
    .map(one => ({ ...one, seen: observe(one.segments) }))
    .filter(({ seen }) => seen.looksLikeTls);
  const found = await dissectSides(
    made.map(({ segments }) => segments),
    FIELDS,
  );
  made.forEach(({ name, connection, segments, seen }, index) => {
    const sides = (['in', 'out'] as const).flatMap(dir => {
      return differences(seen, dir, bytesOf(segments, dir), found[index]?.[dir] ?? {});
    });
    if (name in DIFFERING) assert.notDeepEqual(sides, [], `${name} is equal by now`);
    else assert.deepEqual(sides, [], `${name}, connection ${connection}`);
  });
  const differing = Object.keys(DIFFERING).length;
  t.diagnostic(`${made.length - differing} conversations equal, ${differing} differ for a reason that is written down`);
  assert.ok(made.length >= 300);
  assert.ok(new Set(made.map(({ seen }) => seen.ja4)).size >= 150);
});

test('broken hellos are broken for tshark too, what is whole has equal fields, and each disagreement has its reason', {
  skip,
}, async t => {
  const random = seeded(SEED);
  const broken = wholeHellos().flatMap(hello => MUTATIONS.map(mutate => mutate(hello, random)));
  const found = await dissectSides(
    broken.map(bytes => [{ dir: 'in', bytes }]),
    FIELDS,
  );
  const counts = new Map<string, number>();
  broken.forEach((bytes, index) => {
    const judged = { bytes, seen: observe([{ dir: 'in', bytes }]), theirs: found[index]?.in ?? {} };
    const name = judge(judged);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  t.diagnostic(JSON.stringify(Object.fromEntries(counts)));
  for (const name of [EQUAL, BROKEN, WAITING, 'bytes behind the extensions'])
    assert.ok((counts.get(name) ?? 0) > 250, name);
});

const EQUAL = 'equal';
const BROKEN = 'broken for both';
const WAITING = 'not whole yet';

/** Holds the two to each other, and gives the name of what they agree on, or of why they do not. */
function judge(judged: Judged): string {
  const { bytes, seen, theirs } = judged;
  const reasons = DISAGREEMENTS.filter(one => one.applies(judged));
  const names = reasons.map(({ name }) => name).join();
  if (seen.helloState === 'partial' || !endsWithRecord(seen, bytes)) {
    assert.deepEqual(theirs['tls.handshake.ciphersuite'], [], 'neither has a whole record');
    return WAITING;
  }
  if (isWhole(seen)) {
    assert.deepEqual(differences(seen, 'in', bytes.length, theirs), [], bytes.toString('hex'));
    assert.equal(names, '', bytes.toString('hex'));
    return EQUAL;
  }
  if (troubleOf(theirs).length > 0) return BROKEN;
  assert.equal(reasons.length, 1, `${names || 'no reason'}: ${bytes.toString('hex')}`);
  reasons[0]?.check(judged);
  return names;
}

/** Hellos that came in one record of their own, and are whole. */
function wholeHellos(): Buffer[] {
  const first = recordings().map(({ segments }) => Buffer.from(segments[0]?.bytes ?? []));
  return first.filter(
    bytes =>
      bytes.length > RECORD_HEADER_BYTES &&
      bytes[0] === HANDSHAKE &&
      bytes.length === RECORD_HEADER_BYTES + bytes.readUInt16BE(3) &&
      isWhole(observe([{ dir: 'in', bytes }])),
  );
}

/** The hello is complete, nothing in it is wrong, and it is in a record and under names that tshark shows as they are. */
function isWhole(seen: TlsObservation): boolean {
  const odd = ['malformed_extension', 'record_version', 'record_oversize', 'trailing_after_hello'];
  const isOdd = seen.anomalies.some(({ kind }) => odd.includes(kind)) || hasOddName(seen);
  const repeats = (seen.clientHello?.duplicateExtensions.length ?? 0) > 0;
  return seen.helloState === 'complete' && !isOdd && !repeats;
}

/** The last record came whole: tshark waits for that, and we read what is there. */
function endsWithRecord({ records }: TlsObservation, bytes: Uint8Array): boolean {
  const last = records.at(-1);
  return last === undefined || last.offset + RECORD_HEADER_BYTES + last.length <= bytes.length;
}

function observe(segments: readonly Segment[]): TlsObservation {
  const observer = new TlsObserver('server');
  for (const { dir, bytes } of segments) observer.push(dir, bytes, 0);
  return observer.result();
}

function bytesOf(segments: readonly Segment[], wanted: Segment['dir']): number {
  return segments.reduce((sum, { dir, bytes }) => sum + (dir === wanted ? bytes.length : 0), 0);
}
