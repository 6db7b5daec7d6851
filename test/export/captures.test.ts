import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { blockTypes } from '../../server/src/evidence/testing/key-log.ts';
import { DOCUMENT, type RecordedSession, recordSession } from '../../server/src/evidence/testing/tls-session.ts';
import { type Stretch, transcriptOf } from '../../server/src/evidence/testing/transcripts.ts';
import { everySource, fieldsOf, followed } from '../../server/src/evidence/testing/tshark.ts';
import { encodeTranscript } from '../../server/src/evidence/transcript.ts';
import { capturePages, type EvidenceSource, type KeptEvidence } from '../../server/src/export/capture-pages.ts';
import { exportFile } from '../../server/src/export/export-file.ts';
import { captures } from '../../server/src/export/formats/captures.ts';
import type { PublicAttempt } from '../../server/src/export/project.ts';
import type { Channel } from '../../server/src/wire/facts.ts';

const CHANNELS: readonly Channel[] = ['server', 'client', 'callback'];
const PORTS = { server: 443, callback: 444, client: 445, initiator: 9_000 };
const START_US = Date.UTC(2026, 10, 24) * 1000;
const DAY_US = 86_400_000_000;
const DECRYPTION_SECRETS = 10;
const LABELS = /^(\w+) ([0-9a-f]+) ([0-9a-f]+)$/gm;

interface Kept extends KeptEvidence {
  readonly outcome?: string;
  readonly depth?: number;
  readonly target?: string;
}

describe('many attempts in one capture', { timeout: 120_000 }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pinata-captures-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** A file of these; `asOfUs`: when it is written. */
  async function capture(kept: readonly (Kept | null)[], asOfUs = START_US): Promise<{ file: Buffer; rows: number }> {
    const rows = kept.map(
      (one, index): PublicAttempt => ({
        ...{ id: String(index), seq: index + 1, startedAt: '2026-11-24T00:00:00Z', target: one?.target ?? 'practice' },
        result: { depth: one?.depth ?? 2, outcome: one?.outcome ?? 'abandoned' },
      }),
    );
    const source: EvidenceSource = {
      evidenceOf: async id => kept[Number(id)] ?? null,
      portsOf: () => PORTS,
      prizes: new Set(['prize']),
      asOfUs,
    };
    const path = join(folder, 'captures.pcapng');
    const { rows: written } = await exportFile({
      ...{ path, mode: 0o600, format: captures, snapshot: 7, subject: 'captures', resume: false },
      signal: new AbortController().signal,
      pages: () => capturePages(pagesOf(rows), source),
    });
    return { file: await readFile(path), rows: written };
  }

  test('are connections of their own to tshark, each with its bytes', async () => {
    const told = Array.from({ length: 60 }, (_, index) => ({
      channel: CHANNELS[index % CHANNELS.length] ?? 'server',
      ipVersion: index % 2 === 0 ? (4 as const) : (6 as const),
      ours: Buffer.from(`this is what number ${index} was told`),
      theirs: Buffer.from(`number ${index} speaks`),
    }));
    const { file, rows } = await capture(
      told.map(({ channel, ipVersion, ours, theirs }) => {
        const stretches: Stretch[] = [
          ['in', theirs],
          ['out', ours],
        ];
        return { ipVersion, transcript: text(transcriptOf(stretches, { channel })), secrets: null };
      }),
    );
    assert.equal(rows, told.length);
    const nothing = { initiator: Buffer.alloc(0), answerer: Buffer.alloc(0) };
    const streams = told.flatMap(({ channel, ours, theirs }) =>
      channel === 'callback'
        ? [nothing, { initiator: ours, answerer: theirs }]
        : [{ initiator: theirs, answerer: ours }],
    );
    assert.deepEqual(await followed(file, streams.length + 1), [...streams, nothing]);
    const packets = await fieldsOf(file, [
      'frame.comment',
      'tcp.analysis.flags',
      'tcp.checksum.status',
      '_ws.malformed',
    ]);
    assert.ok(packets.every(packet => packet['tcp.analysis.flags'] === '' && packet['tcp.checksum.status'] === '1'));
    const comments = packets.map(packet => packet['frame.comment']).filter(comment => comment !== '');
    assert.deepEqual(
      comments,
      told.map((_, index) => `Attempt ${index}`),
    );
  });

  describe('with handshake secrets', () => {
    let session: RecordedSession;
    before(async () => {
      session = await recordSession('TLS_AES_128_GCM_SHA256');
    });

    const evidence = (secrets: boolean): KeptEvidence => {
      const stretches = session.reads.map(({ from, bytes }): Stretch => [from === 'client' ? 'in' : 'out', bytes]);
      return { ipVersion: 4, transcript: text(transcriptOf(stretches)), secrets: secrets ? secretsOf(session) : null };
    };

    test('the handshake is open where they are published, and what follows it nowhere', async () => {
      const opened = async (file: Buffer) =>
        (await fieldsOf(file, ['tcp.stream', 'tls.handshake.type']))
          .filter(packet => packet['tls.handshake.type'].split(',').includes('11'))
          .map(packet => packet['tcp.stream']);
      const { file } = await capture([evidence(false), evidence(true), evidence(false)]);
      // The three are one session, whose secrets tshark finds by the random: where it has them, it has them for all that follow.
      assert.ok((await opened(file)).includes('1'));
      assert.deepEqual(await opened((await capture([evidence(false)])).file), []);
      assert.deepEqual(blockTypes(file).filter(type => type === DECRYPTION_SECRETS).length, 1);
      assert.equal((await everySource(file)).includes(DOCUMENT), false);
      const labels = [...file.toString('latin1').matchAll(/[A-Z_]+_(?:SECRET|SECRET_0|RANDOM)(?= [0-9a-f]{64})/g)];
      assert.deepEqual(
        labels.map(([label]) => label),
        ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET'],
      );
    });
  });

  test('what is under embargo is left out until it is over; what was erased is left out', async () => {
    const kept = (more: Partial<Kept>): Kept => ({
      ...{ ipVersion: 4, secrets: null, transcript: text(transcriptOf([['in', Buffer.from('x')]])) },
      ...more,
    });
    const all = [
      kept({}),
      kept({ outcome: 'guest_crash' }),
      kept({ target: 'prize', depth: 7 }),
      kept({ target: 'practice', depth: 7 }),
      kept({ transcript: null }),
      null,
    ];
    const numbers = async (asOfUs: number) =>
      (await fieldsOf((await capture(all, asOfUs)).file, ['frame.comment']))
        .map(packet => packet['frame.comment'])
        .filter(comment => comment !== '');
    assert.deepEqual(await numbers(START_US + 89 * DAY_US), ['Attempt 0', 'Attempt 3']);
    assert.deepEqual(await numbers(START_US + 90 * DAY_US), ['Attempt 0', 'Attempt 1', 'Attempt 2', 'Attempt 3']);
  });
});

async function* pagesOf(rows: readonly PublicAttempt[]) {
  for (let at = 0; at < rows.length; at += captures.pageRows) {
    const page = rows.slice(at, at + captures.pageRows);
    yield { rows: page, lastSeq: Number(page.at(-1)?.seq) };
  }
}

function text(lines: ReturnType<typeof transcriptOf>): string {
  return encodeTranscript(lines).toString();
}

function secretsOf({ keyLog }: RecordedSession): NonNullable<KeptEvidence['secrets']> {
  const lines = [...keyLog.matchAll(LABELS)];
  const of = (label: string) => lines.find(([, name]) => name === label)?.[3] ?? '';
  const [client, server] = ['CLIENT', 'SERVER'].map(end => of(`${end}_HANDSHAKE_TRAFFIC_SECRET`));
  return { clientRandom: lines[0]?.[2] ?? '', client: client ?? '', server: server ?? '' };
}
