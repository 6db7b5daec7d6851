import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Channel, Closed, Direction } from '../wire/facts.ts';
import { captureOf } from './capture.ts';
import { placeOf, type Stretch, transcriptOf } from './testing/transcripts.ts';
import { fieldsOf, followed } from './testing/tshark.ts';
import type { TranscriptLine } from './transcript.ts';

const CHANNELS: readonly Channel[] = ['server', 'client', 'callback'];
const PLACE = placeOf(0);
/** In the place of the port of whoever calls. */
const CALLER_PORT = 49_152;
/** The SYN takes a number, the first byte the one after it (RFC 9293 §3.4). */
const FIRST_BYTE = 1;
const GOOD = '1';
/** 1500 bytes less the headers of IPv4 and TCP. */
const ETHERNET_PAYLOAD_MAX = 1460;

const bytesOf = (stretches: readonly Stretch[], dir: Direction): Buffer =>
  Buffer.concat(stretches.flatMap(([to, what]) => (to === dir && typeof what !== 'number' ? [what] : [])));

const direction = fc.constantFrom<Direction>('in', 'out');
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 64 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1300, max: 6000 }).map(length => new Uint8Array(length).fill(0x41)) },
);
const close = fc.option(
  fc.record({
    by: fc.constantFrom<Closed['by']>('peer', 'guest', 'gateway'),
    how: fc.constantFrom<Closed['how']>('fin', 'rst', 'timeout'),
  }),
);
const MANY = { minLength: 40, maxLength: 40 };
const attempt = (stretch: fc.Arbitrary<Stretch>) =>
  fc.record({
    stretches: fc.array(stretch, { maxLength: 12 }),
    channel: fc.constantFrom(...CHANNELS),
    ipVersion: fc.constantFrom<4 | 6>(4, 6),
    close,
  });

interface Told {
  stretches: readonly Stretch[];
  channel: Channel;
  ipVersion: 4 | 6;
  close: Pick<Closed, 'by' | 'how'> | null;
}

/** Several attempts in one file: sections follow one another. */
function fileOf(attempts: readonly Told[]): Buffer {
  return Buffer.concat(
    attempts.map(({ stretches, ipVersion, ...how }, n) =>
      captureOf(transcriptOf(stretches, how), placeOf(n, ipVersion), null),
    ),
  );
}

/** What each stream carries. A callback's first connection carries nothing, and is a stream of its own. */
function streamsOf({ stretches, channel }: Told): { initiator: Buffer; answerer: Buffer }[] {
  const [sent, answered] = [bytesOf(stretches, 'in'), bytesOf(stretches, 'out')];
  const nothing = { initiator: Buffer.alloc(0), answerer: Buffer.alloc(0) };
  return channel === 'callback'
    ? [nothing, { initiator: answered, answerer: sent }]
    : [{ initiator: sent, answerer: answered }];
}

test('whatever was said, tshark puts the same bytes together, and finds nothing to complain of', async () => {
  const whole = attempt(fc.tuple(direction, bytes));
  await fc.assert(
    fc.asyncProperty(fc.array(whole, MANY), async attempts => {
      const file = fileOf(attempts);
      const told = attempts.flatMap(streamsOf);
      assert.deepEqual(await followed(file, told.length), told);
      const fields = [
        'tcp.len',
        'tcp.analysis.flags',
        'tcp.checksum.status',
        'ip.version',
        'ip.checksum.status',
      ] as const;
      for (const packet of await fieldsOf(file, [...fields, '_ws.malformed'])) {
        assert.equal(packet['tcp.checksum.status'], GOOD);
        if (packet['ip.version'] === '4') assert.equal(packet['ip.checksum.status'], GOOD);
        assert.equal(packet['tcp.analysis.flags'], '');
        assert.ok(Number(packet['tcp.len']) <= ETHERNET_PAYLOAD_MAX);
        assert.equal(packet['_ws.malformed'], '');
      }
    }),
    { numRuns: 2, endOnFailure: true },
  );
});

test('bytes that were withheld are a gap, and what follows has the numbers that it had', async () => {
  const length = fc.integer({ min: 1, max: 3_000_000 });
  const stretch = fc.oneof({ weight: 3, arbitrary: bytes }, { weight: 1, arbitrary: length });
  await fc.assert(
    fc.asyncProperty(fc.array(attempt(fc.tuple(direction, stretch)), MANY), async attempts => {
      const packets = await fieldsOf(fileOf(attempts), [
        ...(['tcp.srcport', 'tcp.dstport', 'tcp.seq', 'tcp.len', 'tcp.payload', 'tcp.checksum.status'] as const),
        ...(['tcp.analysis.flags', 'tcp.analysis.lost_segment', 'tcp.analysis.ack_lost_segment'] as const),
      ]);
      const payloads = new Map<string, Buffer>();
      for (const packet of packets) {
        assert.equal(packet['tcp.checksum.status'], GOOD);
        const isGap = packet['tcp.analysis.lost_segment'] !== '' || packet['tcp.analysis.ack_lost_segment'] !== '';
        assert.equal(packet['tcp.analysis.flags'] !== '', isGap, JSON.stringify(packet));
        const key = `${packet['tcp.srcport']} ${packet['tcp.dstport']} ${packet['tcp.seq']}`;
        if (packet['tcp.len'] !== '0') payloads.set(key, Buffer.from(packet['tcp.payload'], 'hex'));
      }
      attempts.forEach(({ stretches, channel }, n) => {
        const { ports } = placeOf(n);
        const called = channel === 'callback' ? ports.initiator : ports[channel];
        for (const dir of ['in', 'out'] as const) {
          const isCaller = (dir === 'in') === (channel !== 'callback');
          const way = isCaller ? `${CALLER_PORT} ${called}` : `${called} ${CALLER_PORT}`;
          for (const [at, told] of placed(stretches, dir)) {
            assert.deepEqual(collect(payloads, way, FIRST_BYTE + at, told.length), told);
          }
        }
      });
    }),
    { numRuns: 2, endOnFailure: true },
  );
});

/** The kept stretches of a direction with their offsets in it. */
function placed(stretches: readonly Stretch[], dir: Direction): [number, Buffer][] {
  let at = 0;
  return stretches.flatMap(([to, what]): [number, Buffer][] => {
    if (to !== dir) return [];
    const from = at;
    at += typeof what === 'number' ? what : what.length;
    return typeof what === 'number' ? [] : [[from, Buffer.from(what)]];
  });
}

/** The payloads on one way from a sequence number on. */
function collect(payloads: ReadonlyMap<string, Buffer>, way: string, from: number, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = from; at < from + length; ) {
    const part = payloads.get(`${way} ${at}`);
    if (!part) break;
    parts.push(part);
    at += part.length;
  }
  return Buffer.concat(parts);
}

test('a withheld stretch says why, how long it was and what its hash is', async () => {
  const capture = captureOf(
    transcriptOf([
      ['out', Buffer.from('abc')],
      ['out', 500],
    ]),
    PLACE,
    null,
  );
  const packets = await fieldsOf(capture, ['frame.comment', 'tcp.ack', 'tcp.analysis.ack_lost_segment']);
  const [gap] = packets.filter(packet => packet['frame.comment'] !== '');
  assert.equal(gap?.['frame.comment'], `ciphertext: 500 bytes, SHA-256 ${'ab'.repeat(32)}`);
  assert.equal(gap?.['tcp.ack'], String(FIRST_BYTE + 3 + 500));
  assert.notEqual(gap?.['tcp.analysis.ack_lost_segment'], '');
});

describe('the end is as the gateway told it', () => {
  const FIN = '0x0011';
  const RST = '0x0014';
  const cases: [Pick<Closed, 'by' | 'how'> | null, string[]][] = [
    [{ by: 'peer', how: 'fin' }, [`peer ${FIN}`, `ours ${FIN}`]],
    [{ by: 'guest', how: 'fin' }, [`ours ${FIN}`, `peer ${FIN}`]],
    [{ by: 'gateway', how: 'fin' }, [`ours ${FIN}`]],
    [{ by: 'gateway', how: 'timeout' }, [`ours ${FIN}`]],
    [{ by: 'peer', how: 'rst' }, [`peer ${RST}`]],
    [{ by: 'guest', how: 'rst' }, [`ours ${RST}`]],
    [null, []],
  ];
  for (const [close, expected] of cases) {
    test(close ? `${close.how} by ${close.by}` : 'an end that nobody saw', async () => {
      const capture = captureOf(transcriptOf([['in', Buffer.from('x')]], { close }), PLACE, null);
      const packets = await fieldsOf(capture, ['tcp.flags', 'tcp.srcport']);
      const ends = packets.filter(packet => [FIN, RST].includes(packet['tcp.flags']));
      const who = (port: string) => (Number(port) === PLACE.ports.server ? 'ours' : 'peer');
      assert.deepEqual(
        ends.map(packet => `${who(packet['tcp.srcport'])} ${packet['tcp.flags']}`),
        expected,
      );
    });
  }
});

test('a callback is two connections: theirs, which ends at once, and ours to the port that is dialled', async () => {
  const capture = captureOf(transcriptOf([['out', Buffer.from('hello')]], { channel: 'callback' }), PLACE, null);
  const packets = await fieldsOf(capture, ['tcp.stream', 'tcp.srcport', 'tcp.dstport', 'tcp.flags', 'tcp.len']);
  const calls = packets.filter(packet => packet['tcp.flags'] === '0x0002');
  assert.deepEqual(
    calls.map(packet => packet['tcp.dstport']),
    [String(PLACE.ports.callback), String(PLACE.ports.initiator)],
  );
  assert.deepEqual(
    packets.filter(packet => packet['tcp.len'] === '5').map(packet => packet['tcp.dstport']),
    [String(PLACE.ports.initiator)],
  );
});

test('a callback that nobody answered is a call without an answer', async () => {
  const [open] = transcriptOf([], { channel: 'callback' });
  assert.ok(open);
  const { id, t } = open;
  assert.ok(id);
  const dial: TranscriptLine = { kind: 'dial', t, id, to: 'initiator', ok: false, error: 'ECONNREFUSED' };
  const packets = await fieldsOf(captureOf([open, dial], PLACE, null), ['tcp.dstport', 'tcp.flags', 'frame.comment']);
  const last = packets.at(-1);
  assert.deepEqual(last, {
    'tcp.dstport': String(PLACE.ports.initiator),
    'tcp.flags': '0x0002',
    'frame.comment': 'no connection: ECONNREFUSED',
  });
});

test('times are to the microsecond, addresses are made for documents', async () => {
  const lines = transcriptOf([['in', Buffer.from('x')]]);
  const packets = await fieldsOf(captureOf(lines, PLACE, null), ['frame.time_epoch', 'ip.src', 'tcp.len']);
  const sent = lines.find(line => line.kind === 'data');
  const [data] = packets.filter(packet => packet['tcp.len'] === '1');
  assert.equal(data?.['frame.time_epoch'], `${((sent?.t ?? 0) / 1e6).toFixed(6)}000`);
  assert.deepEqual([...new Set(packets.map(packet => packet['ip.src']))].sort(), ['192.0.2.1', '198.51.100.1']);
  const six = await fieldsOf(captureOf(lines, placeOf(0, 6), null), ['ipv6.src']);
  assert.deepEqual([...new Set(six.map(packet => packet['ipv6.src']))].sort(), ['2001:db8::1', '2001:db8::2']);
});

describe('hostile transcripts are captures like others', () => {
  const KEPT_MAX = 256 << 10;
  const one = Buffer.from('y');
  const cases: [string, TranscriptLine[], { in: number; out: number }][] = [
    ['nothing at all', [], { in: 0, out: 0 }],
    ['an opening alone', transcriptOf([], { close: null }), { in: 0, out: 0 }],
    [
      'nothing but what was withheld',
      transcriptOf([
        ['in', 70_000],
        ['out', 2 ** 31],
      ]),
      { in: 0, out: 0 },
    ],
    [
      'as much as is kept, both ways',
      transcriptOf([
        ['in', Buffer.alloc(KEPT_MAX, 1)],
        ['out', Buffer.alloc(KEPT_MAX, 2)],
      ]),
      { in: KEPT_MAX, out: KEPT_MAX },
    ],
    ['one byte at a time', transcriptOf(Array.from({ length: 256 }, () => ['in', one] as const)), { in: 256, out: 0 }],
  ];
  for (const [name, lines, expected] of cases) {
    test(name, async () => {
      const packets = await fieldsOf(captureOf(lines, PLACE, null), ['tcp.srcport', 'tcp.len', '_ws.malformed']);
      const sum = (isOurs: boolean) =>
        packets
          .filter(packet => (Number(packet['tcp.srcport']) === PLACE.ports.server) === isOurs)
          .reduce((total, packet) => total + Number(packet['tcp.len']), 0);
      assert.deepEqual({ in: sum(false), out: sum(true) }, expected);
    });
  }

  test('what is told twice is taken once, and what comes late is no packet of the past', async () => {
    const lines = transcriptOf(
      [
        ['in', Buffer.from('abcdef')],
        ['in', Buffer.from('ghi')],
      ],
      { close: null },
    );
    const again = lines.filter(line => line.kind === 'data');
    const file = captureOf([...lines, ...again], PLACE, null);
    assert.deepEqual((await followed(file, 1))[0]?.initiator.toString(), 'abcdefghi');
    const packets = await fieldsOf(file, ['tcp.analysis.flags']);
    assert.ok(packets.every(packet => packet['tcp.analysis.flags'] === ''));
  });
});
