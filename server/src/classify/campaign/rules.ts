import type { CampaignFact } from './campaign-fact.ts';
import type { SourceWindow } from './source-window.ts';

/** A class that an attempt has because of others, and what shows it. */
export interface CampaignFound {
  id: string;
  evidence: string;
}

/** Looks at one attempt and what its address did before, and remembers it there. */
type SourceRule = (fact: CampaignFact, source: SourceWindow) => CampaignFound | null;

/** Half of the published rate of connections per address and minute (`PINATA_RATE_PER_ADDRESS`). */
const FLOOD_PER_MINUTE = 300;
const GARBAGE_PER_MINUTE = 20;
const HANDSHAKES_PER_MINUTE = 100;
const RENEGOTIATIONS_PER_TEN_MINUTES = 5;
const MALFORMED_PER_TEN_MINUTES = 10;
const CIPHER_LISTS_PER_TEN_MINUTES = 8;
const VERSIONS_PER_TEN_MINUTES = 3;
const JARM_HELLOS_PER_TEN_MINUTES = 3;
const SAMPLES_PER_HOUR = 1000;
const CRASHES_PER_DAY = 2;
/** The guest's own computation begins with its answer. */
const NEGOTIATED_DEPTH = 3;
/** Both sides said something. */
const EXCHANGE = /^(?=.*[A-Z])(?=.*[a-z])/;
/** What a fuzzer produces. */
const MALFORMED = /^(B|D|C31_|C30_)/;
/** Ordinary ends of a handshake, and what is found here, are no malformation, though they are of the group. */
const ORDINARY: ReadonlySet<string> = new Set([
  'D16_peer_rejected_us',
  'D17_abort_after_server_flight',
  'D13_renegotiation_flood',
]);

/** What is counted for each address by itself. */
export const SOURCE_RULES: readonly SourceRule[] = [
  ({ t }, source) =>
    atLeast(source.connections.add(t), FLOOD_PER_MINUTE, 'A16_connection_flood', 'connections in a minute'),
  ({ t, classes }, source) =>
    classes.includes('A13_garbage')
      ? atLeast(source.garbage.add(t), GARBAGE_PER_MINUTE, 'A14_garbage_flood', 'times garbage in a minute')
      : null,
  ({ t, depth }, source) =>
    depth >= NEGOTIATED_DEPTH
      ? atLeast(source.handshakes.add(t), HANDSHAKES_PER_MINUTE, 'F05_handshake_flood', 'handshakes in a minute')
      : null,
  ({ t, classes }, source) =>
    classes.includes('D12_renegotiation')
      ? atLeast(
          source.renegotiations.add(t),
          RENEGOTIATIONS_PER_TEN_MINUTES,
          'D13_renegotiation_flood',
          'renegotiations in ten minutes',
        )
      : null,
  fuzzing,
  ({ t, exchange }, source) =>
    EXCHANGE.test(exchange)
      ? atLeast(source.repeated(exchange, t), SAMPLES_PER_HOUR, 'F04_timing_sampling', 'equal exchanges in an hour')
      : null,
  ({ t, hello }, source) =>
    hello &&
    atLeast(
      source.ciphers.add(hello.ciphers, t),
      CIPHER_LISTS_PER_TEN_MINUTES,
      'F02_cipher_enumeration',
      'lists of ciphers in ten minutes',
    ),
  ({ t, hello }, source) =>
    hello &&
    atLeast(
      source.versions.add(String(hello.version), t),
      VERSIONS_PER_TEN_MINUTES,
      'F03_version_enumeration',
      'newest versions in ten minutes',
    ),
  ({ t, hello }, source) =>
    hello?.isJarm
      ? atLeast(
          source.jarm.add(hello.shape, t),
          JARM_HELLOS_PER_TEN_MINUTES,
          'F01_jarm_scan',
          'hellos of JARM in ten minutes',
        )
      : null,
  ({ id, t, outcome }, source) =>
    outcome === 'guest_crash'
      ? atLeast(source.crashes.add(id, t), CRASHES_PER_DAY, 'F09_crash_repeat', 'crashes in a day')
      : null,
];

/** Of a hello that does not parse there is no hash: its length, and what came of it, tell it from others. */
function fuzzing(fact: CampaignFact, source: SourceWindow): CampaignFound | null {
  const { t, classes, hello, exchange, bytesIn } = fact;
  const malformed = classes.filter(id => MALFORMED.test(id) && !ORDINARY.has(id));
  const counts = malformed.map(id => source.malformed.add(`${id} ${hello?.sha256 ?? `${exchange} ${bytesIn}`}`, t));
  return atLeast(Math.max(0, ...counts), MALFORMED_PER_TEN_MINUTES, 'F06_fuzzing', 'malformations in ten minutes');
}

function atLeast(count: number, threshold: number, id: string, words: string): CampaignFound | null {
  return count >= threshold ? { id, evidence: `${count} ${words}` } : null;
}
