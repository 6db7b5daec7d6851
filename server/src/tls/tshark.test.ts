import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TlsObservation } from './observation.ts';
import { TlsObserver } from './observer.ts';
import { RECORD_HEADER_BYTES } from './record-reader.ts';
import { MUTATIONS, seeded } from './testing/mutations.ts';
import type { Segment } from './testing/pcap.ts';
import { hasProgram } from './testing/real-peers.ts';
import { recordings } from './testing/recording.ts';
import { dissectSides } from './testing/tshark.ts';
import { differences, FIELDS, troubleOf } from './testing/tshark-fields.ts';

const HANDSHAKE = 22;
const SEED = 20_261_124;
const skip = (await hasProgram('tshark')) ? false : 'tshark is not here';

/** With a NULL cipher nothing is encrypted after ChangeCipherSpec; tshark reads on, we call it protected. */
const NULL_CIPHER = 'openssl s_client -tls1_2 -cipher eNULL:@SECLEVEL=0';

test('every field of what real programs send and get is what tshark finds', { skip }, async t => {
  const made = recordings()
    .filter(({ name }) => name !== NULL_CIPHER)
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
    assert.deepEqual(sides, [], `${name}, connection ${connection}`);
  });
  t.diagnostic(`${made.length} conversations equal`);
  assert.ok(made.length >= 300);
  assert.ok(new Set(made.map(({ seen }) => seen.ja4)).size >= 150);
});

test('broken hellos are broken for tshark too, and what is whole has equal fields', { skip }, async t => {
  const random = seeded(SEED);
  const broken = wholeHellos().flatMap(hello => MUTATIONS.map(mutate => mutate(hello, random)));
  const found = await dissectSides(
    broken.map(bytes => [{ dir: 'in', bytes }]),
    FIELDS,
  );
  const counts = { equal: 0, malformed: 0, unlike: 0, waiting: 0 };
  broken.forEach((bytes, index) => {
    const seen = observe([{ dir: 'in', bytes }]);
    const theirs = found[index]?.in ?? {};
    if (seen.helloState === 'partial' || !endsWithRecord(seen, bytes)) {
      counts.waiting += 1;
      assert.deepEqual(theirs['tls.handshake.ciphersuite'], [], 'neither has a whole record');
    } else if (isWhole(seen)) {
      counts.equal += 1;
      assert.deepEqual(differences(seen, 'in', bytes.length, theirs), [], bytes.toString('hex'));
    } else if (troubleOf(theirs).length > 0) {
      counts.malformed += 1;
    } else {
      counts.unlike += 1;
    }
  });
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.equal > 500 && counts.malformed > 300 && counts.waiting > 300);
});

/** Hellos that came in one record of their own. */
function wholeHellos(): Buffer[] {
  const first = recordings().map(({ segments }) => Buffer.from(segments[0]?.bytes ?? []));
  return first.filter(
    bytes =>
      bytes.length > RECORD_HEADER_BYTES &&
      bytes[0] === HANDSHAKE &&
      bytes.length === RECORD_HEADER_BYTES + bytes.readUInt16BE(3) &&
      observe([{ dir: 'in', bytes }]).clientHello !== null,
  );
}

/**
 * The hello is complete and nothing in it is wrong. tshark does not look into records of unknown versions and of more than 2^14 bytes,
 * prints names that are not ASCII in its own way, and server names of a type that does not exist.
 */
function isWhole({ helloState, anomalies, clientHello }: TlsObservation): boolean {
  const odd = ['malformed_extension', 'record_version', 'record_oversize', 'trailing_after_hello'];
  if (helloState !== 'complete' || anomalies.some(({ kind }) => odd.includes(kind))) return false;
  const names = [...(clientHello?.alpn ?? []), clientHello?.sni?.name ?? ''];
  return names.every(name => !/\\|,/.test(name)) && clientHello?.sni?.kind !== 'empty';
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
