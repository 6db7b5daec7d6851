import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import { recordedAttempts } from '../classify/fixtures/recorded-attempt.ts';
import type { Told } from '../classify/testing/evidence.ts';
import { arbitraryRecord } from '../export/testing/arbitrary-record.ts';
import { HELLO_RETRY_RANDOM } from '../tls/protocol.ts';
import { alert, CHANGE_CIPHER_SPEC, clientHello, record, sealed, serverHello } from '../tls/testing/bytes.ts';
import { isEmbargoed } from './embargo.ts';
import { Flow, STEPS_MAX } from './flow.ts';
import { flowFromRecord } from './from-record.ts';
import { flowFromTranscript } from './from-transcript.ts';
import { type FlowStory, toldAndKept } from './testing/story.ts';
import { transcriptOfRecorded } from './testing/told-transcript.ts';
import { written } from './testing/written.ts';

const HELLO = record(22, clientHello());
const ANSWER = record(22, serverHello());
const ACCEPTED: readonly Told[] = [
  { kind: 'accepted', port: 10_000 },
  { kind: 'client_hello' },
  { kind: 'server_flight' },
];
const CERTIFICATE: Told = { kind: 'certificate', chain: [], sha256: 'ab'.repeat(32), count: 1 };
const FLIGHT = 'EncryptedExtensions* CertificateRequest* Certificate* CertificateVerify* Finished*';
const CLOSED: Told = { kind: 'closed', by: 'guest' };

function flowOf(story: FlowStory): Flow {
  const { record, lines } = toldAndKept(story);
  const flow = flowFromTranscript(record, lines);
  assert.ok(Check(Flow, flow), 'it has the published form');
  return flow;
}

/** What was said, without the beginning and the end. */
function said(story: FlowStory): string[] {
  return written(flowOf(story)).filter(line => line.includes('>') || line.includes('bytes') || line.includes('gap'));
}

test('a refused certificate: what the target told of it, and the mark at its alert', () => {
  const story: FlowStory = {
    outcome: 'certificate_untrusted',
    guestError: 'chain_rejected: UnknownIssuer',
    wire: [
      ['in', HELLO],
      ['out', Buffer.concat([ANSWER, CHANGE_CIPHER_SPEC, sealed(600)])],
      ['in', Buffer.concat([CHANGE_CIPHER_SPEC, sealed(500)])],
      ['out', sealed(19)],
    ],
    guest: [
      ...ACCEPTED,
      CERTIFICATE,
      { kind: 'chain_rejected', reason: 'UnknownIssuer' },
      { kind: 'alert_sent', code: 48 },
      { kind: 'tls_error', what: 'InvalidCertificate(UnknownIssuer)' },
      CLOSED,
    ],
  };
  assert.deepEqual(written(flowOf(story)), [
    'peer connect',
    `peer > ClientHello (${HELLO.length} B, none)`,
    `target > ServerHello (${ANSWER.length} B, none)`,
    'target > ChangeCipherSpec (6 B, none)',
    `target > ${FLIGHT} (605 B, handshake)`,
    'peer > ChangeCipherSpec (6 B, none)',
    'peer > Certificate:1* (505 B, handshake)',
    'target > Alert:48* (24 B, application) | target stops: issuer',
    'target closes: fin',
  ]);
});

test('a release whose bytes were withheld: sizes stand, and what it was is the target’s word', () => {
  const secret = sealed(700);
  const story: FlowStory = {
    outcome: 'released',
    depth: 8,
    wire: [
      ['in', HELLO],
      ['out', Buffer.concat([ANSWER, sealed(600)])],
      ['in', sealed(500)],
      ['out', secret.subarray(0, 5)],
      ['out', 700],
      ['out', sealed(19).subarray(0, 5)],
      ['out', 19],
      ['in', sealed(19)],
    ],
    guest: [
      ...ACCEPTED,
      CERTIFICATE,
      { kind: 'chain_ok' },
      { kind: 'possession_ok', scheme: 0x0403 },
      { kind: 'finished', suite: 0x1301, group: 29 },
      { kind: 'released', bytes: 660, peerIsSelf: false },
      { kind: 'alert_sent', code: 0 },
      { kind: 'alert_received', code: 0 },
      CLOSED,
    ],
  };
  assert.deepEqual(said(story).slice(2), [
    `target > ${FLIGHT} (605 B, handshake)`,
    'peer > Certificate:1* CertificateVerify* Finished* (505 B, handshake)',
    'target > Secret:660* Alert:0* in 2 records (729 B, application)',
    'peer > Alert:0* (24 B, application)',
  ]);
  assert.equal(flowOf(story).stop, null);
});

test('the target as a client: it speaks first, and its flight comes after theirs', () => {
  const story: FlowStory = {
    outcome: 'released_practice',
    channel: 'callback',
    depth: 8,
    wire: [
      ['out', HELLO],
      ['in', Buffer.concat([ANSWER, sealed(900)])],
      ['out', Buffer.concat([CHANGE_CIPHER_SPEC, sealed(500), sealed(700), sealed(19)])],
    ],
    guest: [
      { kind: 'accepted', port: 10_002 },
      CERTIFICATE,
      { kind: 'possession_ok', scheme: 0x0403 },
      { kind: 'finished', suite: 0x1301, group: 29 },
      { kind: 'released', bytes: 660, peerIsSelf: false },
      { kind: 'alert_sent', code: 0 },
      CLOSED,
    ],
  };
  assert.deepEqual(written(flowOf(story)), [
    'peer connect',
    'gateway call_back',
    `target > ClientHello (${HELLO.length} B, none)`,
    `peer > ServerHello (${ANSWER.length} B, none)`,
    'peer > EncryptedExtensions? Certificate:1* CertificateVerify* Finished* (905 B, handshake)',
    'target > ChangeCipherSpec (6 B, none)',
    'target > Certificate* CertificateVerify* Finished* (505 B, handshake)',
    'target > Secret:660* Alert:0* in 2 records (729 B, application)',
    'target closes: fin',
  ]);
});

test('where the target told nothing, only what has one possible size is named, as inferred', () => {
  const wire: FlowStory['wire'] = [
    ['in', HELLO],
    ['out', Buffer.concat([ANSWER, sealed(600)])],
    ['in', sealed(25)],
    ['out', sealed(19)],
    ['in', sealed(400)],
  ];
  assert.deepEqual(said({ outcome: 'guest_crash', wire }).slice(2), [
    'target > EncryptedExtensions? CertificateRequest? Certificate? CertificateVerify? Finished? (605 B, handshake)',
    'peer > Certificate:0? (30 B, handshake)',
    'target > Alert? (24 B, application)',
    'peer > encrypted (405 B, null)',
  ]);
});

test('what the outcome alone proves is inferred', () => {
  const wire: FlowStory['wire'] = [
    ['in', HELLO],
    ['out', Buffer.concat([ANSWER, sealed(600)])],
    ['in', sealed(146)],
    ['out', sealed(19)],
  ];
  const guest: Told[] = [...ACCEPTED, { kind: 'alert_sent', code: 116 }, CLOSED];
  assert.equal(said({ outcome: 'certificate_missing', wire, guest })[3], 'peer > Certificate:0? (151 B, handshake)');
});

test('an alert in the clear has its code, and the mark', () => {
  const guest: Told[] = [{ kind: 'accepted', port: 10_000 }, { kind: 'alert_sent', code: 70 }, CLOSED];
  const flow = flowOf({
    outcome: 'version_refused',
    wire: [
      ['in', HELLO],
      ['out', alert(2, 70)],
    ],
    guest,
  });
  assert.deepEqual(written(flow).slice(2, 3), ['target > Alert:70 (7 B, none) | target stops: version']);
  assert.deepEqual(flow.stop, {
    ...{ step: 2, by: 'target', alert: 70, check: 'version' },
    ...{ says: 'TLS 1.3 was not among the versions.', section: 'RFC 8446 §4.2.1' },
  });
});

test('a retry: two hellos of each side, by their names', () => {
  const retry = record(22, serverHello({ random: Buffer.from(HELLO_RETRY_RANDOM, 'hex') }));
  const wire: FlowStory['wire'] = [
    ['in', HELLO],
    ['out', retry],
    ['in', HELLO],
    ['out', ANSWER],
  ];
  assert.deepEqual(
    said({ outcome: 'abandoned', wire }).map(line => line.replace(/ \(.*/, '')),
    ['peer > ClientHello', 'target > HelloRetryRequest', 'peer > ClientHello', 'target > ServerHello'],
  );
});

test('what is not TLS is bytes; a hello in pieces is one step; what is cut off says so', () => {
  assert.deepEqual(
    said({
      outcome: 'not_tls',
      wire: [
        ['in', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
        ['out', alert(2, 50)],
      ],
    }),
    ['peer bytes 18 B', 'target > Alert:50 (7 B, none)'],
  );
  const message = clientHello();
  const pieces = [message.subarray(0, 2), message.subarray(2, 50), message.subarray(50)].map(part => record(22, part));
  assert.deepEqual(said({ outcome: 'abandoned', wire: pieces.map(piece => ['in', piece] as const) }), [
    `peer > ClientHello in 3 records (${message.length + 15} B, none)`,
  ]);
  const cut = flowOf({ outcome: 'hello_incomplete', wire: [['in', HELLO.subarray(0, 60)]] });
  assert.deepEqual([cut.steps[1]?.bytes, cut.steps[1]?.complete], [60, false]);
});

test('a flood of messages is one step, and what is too long is cut in the middle and counted', () => {
  const flood = Buffer.concat(Array.from({ length: 40 }, () => CHANGE_CIPHER_SPEC));
  assert.deepEqual(
    said({
      outcome: 'guest_silent_close',
      wire: [
        ['in', HELLO],
        ['in', flood],
      ],
    })[1],
    'peer > ChangeCipherSpec in 40 records (240 B, none)',
  );
  const turns = Array.from({ length: 120 }, (_, i) => ['in', i % 2 ? CHANGE_CIPHER_SPEC : alert(1, 90)] as const);
  const { steps } = flowOf({ outcome: 'abandoned', wire: [['in', HELLO], ...turns] });
  assert.equal(steps.length, STEPS_MAX);
  const gap = steps.find(({ kind }) => kind === 'gap');
  assert.equal(
    steps.reduce((sum, { records }) => sum + records, 0),
    121,
  );
  assert.ok(gap && gap.records > 0 && steps.at(-1)?.kind === 'close');
});

test('times are whole seconds whose edges differ from attempt to attempt, so that nobody can aim at them', () => {
  const edges = new Set<number | null | undefined>();
  for (let i = 0; i < 40; i++) {
    const wire: FlowStory['wire'] = [
      ['in', Buffer.from([0x16, i])],
      ['in', Buffer.from([3]), 20_500],
    ];
    const { steps } = flowOf({ outcome: 'hello_incomplete', wire });
    const seconds = steps.at(-1)?.seconds;
    assert.ok(seconds === 20 || seconds === 21, `${seconds}`);
    edges.add(seconds);
  }
  assert.equal(edges.size, 2);
});

test('of each recorded attempt of a real tool the flow is well formed, and its bytes add up', () => {
  for (const one of recordedAttempts()) {
    const lines = transcriptOfRecorded(one);
    const { record } = toldAndKept({ outcome: 'abandoned', guest: one.guest });
    const flow = flowFromTranscript({ ...record, guestRole: one.guestRole }, lines);
    assert.ok(Check(Flow, flow), one.name);
    const sent = one.segments.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assert.equal(
      flow.steps.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
      sent,
      one.name,
    );
  }
});

test('whatever was sent, the flow has its form, its bytes add up, and no text of anybody is in it', () => {
  const marker = 'HOSTILE';
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constantFrom(HELLO, ANSWER, CHANGE_CIPHER_SPEC, alert(2, 40), sealed(19), sealed(60)),
  );
  const wire = fc.array(fc.tuple(fc.constantFrom('in' as const, 'out' as const), part), { maxLength: 12 });
  fc.assert(
    fc.property(wire, fc.boolean(), (parts, client) => {
      const guest: Told[] = [
        { kind: 'chain_rejected', reason: marker },
        { kind: 'tls_error', what: marker },
      ];
      const flow = flowOf({
        ...{ outcome: 'protocol_violation', channel: client ? 'client' : 'server', wire: parts, guest },
        guestError: `chain_rejected: ${marker}`,
      });
      assert.ok(!JSON.stringify(flow).includes(marker));
      assert.equal(
        flow.steps.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
        parts.reduce((sum, [, bytes]) => sum + bytes.length, 0),
      );
      assert.ok(flow.stop === null || flow.stop.step < flow.steps.length);
    }),
    { numRuns: 150 },
  );
});

test('without a transcript the record tells: what could be read, and what depth and alerts prove, with no size but the hello’s', () => {
  const { record } = toldAndKept({
    outcome: 'certificate_untrusted',
    depth: 4,
    guest: [{ kind: 'alert_sent', code: 48 }],
  });
  const flow = flowFromRecord(
    {
      ...record,
      channel: 'server',
      negotiated: { ...record.negotiated, sslHistory: 'CsiI' },
      certificate: { ...record.certificate, presented: true, chainLength: 1, verifyOk: null },
      hello: null,
    },
    'not_kept',
  );
  assert.deepEqual(written(flow), [
    'peer connect',
    'peer > ClientHello (null B, none)',
    'target > ServerHello (null B, none)',
    'target > ChangeCipherSpec (null B, none)',
    'peer > ChangeCipherSpec (null B, none)',
    `target > ${FLIGHT} (null B, handshake)`,
    'peer > Certificate:1* (null B, handshake)',
    'target > Alert:48* (null B, application) | target stops: issuer',
    'target closes: fin',
  ]);
});

test('of any record there is a flow of the published form', () => {
  fc.assert(
    fc.property(arbitraryRecord, record => {
      assert.ok(Check(Flow, flowFromRecord(record, 'not_kept')));
    }),
    { numRuns: 150 },
  );
});

test('the course of a crash, and of a finished handshake on the prize, is held back for 90 days', () => {
  const day = 86_400_000_000;
  const made = (outcome: FlowStory['outcome'], depth: number) => toldAndKept({ outcome, depth }).record;
  const held = (outcome: FlowStory['outcome'], depth: number, prize: boolean, days: number) => {
    const record = made(outcome, depth);
    return isEmbargoed(record, { prize, nowUs: record.startedUs + days * day });
  };
  assert.equal(held('guest_crash', 2, false, 89), true);
  assert.equal(held('guest_crash', 2, false, 90), false);
  assert.equal(held('released', 8, true, 1), true);
  assert.equal(held('left_before_release', 7, true, 1), true);
  assert.equal(held('released_practice', 8, false, 1), false);
  assert.equal(held('released_self_test', 8, true, 1), false);
  assert.equal(held('certificate_untrusted', 4, true, 1), false);
});
