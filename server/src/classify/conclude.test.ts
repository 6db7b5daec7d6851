import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alert,
  CHANGE_CIPHER_SPEC,
  clientHello,
  extension,
  record,
  sealed,
  serverHello,
} from '../tls/testing/bytes.ts';
import type { Direction } from '../wire/facts.ts';
import { OUTCOMES, type Outcome } from '../wire/outcomes.ts';
import { conclude } from './conclude.ts';
import { evidenceOf, type Story, type Told } from './testing/evidence.ts';

type Wire = readonly (readonly [Direction, Uint8Array])[];

const HELLO: Wire = [['in', record(22, clientHello(), 0x0301)]];
const FLIGHT: Wire = [...HELLO, ['out', Buffer.concat([record(22, serverHello()), CHANGE_CIPHER_SPEC, sealed(900)])]];
const ANSWERED: Wire = [...FLIGHT, ['in', Buffer.concat([CHANGE_CIPHER_SPEC, sealed(500), sealed(100), sealed(53)])]];
const AS_CLIENT: Wire = [
  ['out', record(22, clientHello(), 0x0301)],
  ['in', record(22, serverHello())],
];

const accepted: Told = { kind: 'accepted', port: 10000 };
const certificate: Told = { kind: 'certificate', chain: ['MAA='], sha256: '', count: 1 };
const noCertificate: Told = { kind: 'certificate', chain: [], sha256: '', count: 0 };
const chainOk: Told = { kind: 'chain_ok' };
const possessionOk: Told = { kind: 'possession_ok', scheme: 0x0403 };
const finished: Told = { kind: 'finished', suite: 0x1301, group: 29 };
const gone: Told = { kind: 'closed', by: 'peer' };
const closedByGuest: Told = { kind: 'closed', by: 'guest' };
const sent = (code: number): Told => ({ kind: 'alert_sent', code });
const received = (code: number): Told => ({ kind: 'alert_received', code });
const rejected = (reason: string): Told => ({ kind: 'chain_rejected', reason });
const limit = (which: string): Told => ({ kind: 'limit', which });
const error = (what: string): Told => ({ kind: 'tls_error', what });
const release = (peerIsSelf: boolean): Told => ({ kind: 'released', bytes: 400, peerIsSelf });

const hello: Told[] = [accepted, { kind: 'client_hello' }];
const flight: Told[] = [...hello, { kind: 'server_flight' }];
const presented: Told[] = [...flight, certificate];
const complete: Told[] = [...presented, chainOk, possessionOk, finished];
const timeout = { by: 'gateway', how: 'timeout', end: 'idle_timeout' } as const;
const evicted = { end: 'evicted', by: 'gateway' } as const;

/** What happened, what that is, and how deep it went. */
type Row = [Outcome, number, Story];

/** Each outcome at least once, beside cases that differ from it in one thing only. */
const ROWS: Record<string, Row> = {
  'nothing at all': ['connect_only', 0, { dialled: false }],
  'nothing, reset': ['connect_only', 0, { dialled: false, close: { how: 'rst' } }],
  'nothing until our deadline': ['idle_timeout', 0, { dialled: false, close: timeout }],
  'nothing to the client role until its deadline': [
    'idle_timeout',
    0,
    { guestRole: 'client', wire: AS_CLIENT.slice(0, 1), guest: [accepted, limit('handshake'), closedByGuest] },
  ],
  'one byte until our deadline': ['handshake_timeout', 1, { wire: [['in', Buffer.from([22])]], close: timeout }],
  'cut off by the gateway': ['gateway_limited', 0, { close: { end: 'gateway_limited', by: 'gateway' } }],
  'silent, and its room was needed': ['gateway_limited', 0, { dialled: false, close: evicted }],
  'in the middle of the handshake its place was needed': [
    'gateway_limited',
    3,
    { wire: FLIGHT, guest: [...flight, gone], close: evicted },
  ],
  'refused, and then its place was needed': [
    'certificate_missing',
    3,
    { wire: ANSWERED, guest: [...flight, noCertificate, sent(116), closedByGuest], close: evicted },
  ],
  'released, and then its place was needed': [
    'released_practice',
    8,
    { prize: false, wire: ANSWERED, guest: [...complete, release(false)], close: evicted },
  ],
  'no guest': [
    'backend_unavailable',
    2,
    { wire: HELLO, dialled: false, close: { end: 'backend_unavailable', by: 'gateway' } },
  ],
  'the guest refuses our preface': [
    'backend_unavailable',
    2,
    { wire: HELLO, guest: [accepted, { kind: 'preface_bad', port: 10000, reason: 'mac' }, closedByGuest] },
  ],
  'nobody calls back': [
    'callback_unreachable',
    0,
    { dialled: false, close: { end: 'callback_unreachable', by: 'gateway' } },
  ],

  HTTP: [
    'not_tls',
    1,
    {
      wire: [['in', Buffer.from('GET / HTTP/1.0\r\n\r\n')]],
      guest: [accepted, error('InvalidContentType'), sent(50), closedByGuest],
    },
  ],
  'two letters and then silence': ['not_tls', 1, { wire: [['in', Buffer.from('HE')]], close: timeout }],
  'half a hello': [
    'hello_incomplete',
    1,
    { wire: [['in', record(22, clientHello()).subarray(0, 40)]], guest: [accepted, gone] },
  ],
  'half a hello, guest unheard': ['hello_incomplete', 1, { wire: [['in', record(22, clientHello()).subarray(0, 40)]] }],
  'an attacking server leaves in the middle of its hello': [
    'hello_incomplete',
    1,
    {
      guestRole: 'client',
      wire: [...AS_CLIENT.slice(0, 1), ['in', record(22, serverHello()).subarray(0, 30)]],
      guest: [...hello, gone],
    },
  ],
  'half a hello until the guest gives up': [
    'handshake_timeout',
    1,
    {
      wire: [['in', record(22, clientHello()).subarray(0, 40)]],
      guest: [accepted, limit('handshake'), { kind: 'closed', by: 'timeout' }],
    },
  ],
  'a hello that lies about its lengths': [
    'hello_malformed',
    1,
    {
      wire: [['in', record(22, Buffer.from([1, 0, 0, 2, 3, 3]))]],
      guest: [accepted, error('MissingData'), sent(50), closedByGuest],
    },
  ],
  'a hello that only the guest finds malformed': [
    'hello_malformed',
    2,
    { wire: HELLO, guest: [accepted, error('MissingData'), sent(50), closedByGuest] },
  ],

  'TLS 1.2': ['version_refused', 2, { wire: HELLO, guest: [...hello, sent(70), closedByGuest] }],
  SSLv2: [
    'version_refused',
    2,
    { wire: [['in', Buffer.from('800b010002000000000000000000', 'hex')]], guest: [accepted, sent(50), closedByGuest] },
  ],
  'an attacking server of TLS 1.2': [
    'version_refused',
    2,
    {
      guestRole: 'client',
      wire: [...AS_CLIENT.slice(0, 1), ['in', record(22, serverHello({ extensions: null }))]],
      guest: [accepted, sent(70), closedByGuest],
    },
  ],
  'no common suite': [
    'parameters_refused',
    2,
    { wire: HELLO, guest: [...hello, error('NoCipherSuitesInCommon'), sent(40), closedByGuest] },
  ],
  'no common protocol name': ['parameters_refused', 2, { wire: HELLO, guest: [...hello, sent(120), closedByGuest] }],
  'a bad key share': [
    'hello_refused',
    2,
    { wire: HELLO, guest: [...hello, error('InvalidKeyShare'), sent(47), closedByGuest] },
  ],
  'a missing extension': ['hello_refused', 2, { wire: HELLO, guest: [...hello, sent(109), closedByGuest] }],
  'a bad binder': ['hello_refused', 2, { wire: HELLO, guest: [...hello, sent(51), closedByGuest] }],

  'no certificate': [
    'certificate_missing',
    3,
    { wire: FLIGHT, guest: [...flight, noCertificate, error('NoCertificatesPresented'), sent(116), closedByGuest] },
  ],
  'a certificate request that cannot be parsed is not a bad certificate': [
    'protocol_violation',
    3,
    {
      guestRole: 'client',
      wire: AS_CLIENT,
      guest: [
        ...flight,
        sent(50),
        error('InvalidMessage(IllegalEmptyList("CertificateCompressionAlgorithms"))'),
        closedByGuest,
      ],
    },
  ],
  'a certificate of nonsense': [
    'certificate_malformed',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('BadEncoding'), sent(42), closedByGuest] },
  ],
  "a stranger's certificate": [
    'certificate_untrusted',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('UnknownIssuer'), sent(48), closedByGuest] },
  ],
  'an authority of the same name': [
    'certificate_untrusted',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('BadSignature'), sent(51), closedByGuest] },
  ],
  'a reason that is new to us': [
    'certificate_untrusted',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('Xyzzy'), closedByGuest] },
  ],
  'a reason that is new to us, with an alert that is not': [
    'certificate_unsuitable',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('Xyzzy'), sent(45), closedByGuest] },
  ],
  'the wrong purpose': [
    'certificate_unsuitable',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('InvalidPurpose'), sent(43), closedByGuest] },
  ],
  'out of date': [
    'certificate_unsuitable',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('certificate expired'), sent(45), closedByGuest] },
  ],
  'an authority as leaf': [
    'certificate_unsuitable',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('Other(CaUsedAsEndEntity)'), sent(46), closedByGuest] },
  ],
  'a bad CertificateVerify': [
    'possession_failed',
    5,
    {
      wire: FLIGHT,
      guest: [
        ...presented,
        chainOk,
        { kind: 'possession_rejected', scheme: 0x0403, reason: 'BadSignature' },
        sent(51),
        closedByGuest,
      ],
    },
  ],
  'a bad CertificateVerify, the rest unheard': [
    'possession_failed',
    5,
    { wire: FLIGHT, guest: [{ kind: 'possession_rejected', scheme: 0x0403, reason: 'BadSignature' }, closedByGuest] },
  ],
  'a decrypt_error at the certificate': [
    'certificate_untrusted',
    4,
    { wire: FLIGHT, guest: [...presented, sent(51), closedByGuest] },
  ],
  'an attacking server without a certificate': [
    'certificate_missing',
    3,
    { guestRole: 'client', wire: AS_CLIENT, guest: [...hello, error('NoCertificatesPresented'), closedByGuest] },
  ],
  'a bad CertificateVerify, known by its alert only': [
    'possession_failed',
    5,
    { wire: FLIGHT, guest: [...presented, chainOk, sent(51), closedByGuest] },
  ],
  'a bad Finished': [
    'finished_failed',
    6,
    { wire: FLIGHT, guest: [...presented, chainOk, possessionOk, error('DecryptError'), sent(51), closedByGuest] },
  ],
  'a message out of order': ['protocol_violation', 3, { wire: FLIGHT, guest: [...flight, sent(10), closedByGuest] }],
  'a record that cannot be opened': [
    'protocol_violation',
    3,
    { wire: FLIGHT, guest: [...flight, sent(20), closedByGuest] },
  ],

  'gone after our flight': ['abandoned', 3, { wire: FLIGHT, guest: [...flight, gone] }],
  'gone after our flight with a goodbye': ['abandoned', 3, { wire: FLIGHT, guest: [...flight, received(0), gone] }],
  'they refuse us': ['refused_by_peer', 3, { wire: FLIGHT, guest: [...flight, received(48), gone] }],
  'they refuse us, and we them afterwards': [
    'refused_by_peer',
    3,
    { wire: FLIGHT, guest: [...flight, received(48), sent(10), gone] },
  ],
  'we refuse them, and they us afterwards': [
    'protocol_violation',
    3,
    { wire: FLIGHT, guest: [...flight, sent(10), received(48), gone] },
  ],
  'finished and gone': ['left_before_release', 7, { wire: ANSWERED, guest: [...complete, gone] }],
  'finished, and then an alert': [
    'left_before_release',
    7,
    { wire: ANSWERED, guest: [...complete, received(48), gone] },
  ],
  'finished and never read': [
    'left_before_release',
    7,
    { wire: ANSWERED, guest: [...complete, limit('release'), closedByGuest] },
  ],
  'too slow': [
    'handshake_timeout',
    3,
    { wire: FLIGHT, guest: [...flight, limit('handshake'), sent(90), { kind: 'closed', by: 'timeout' }] },
  ],
  'too many certificates': [
    'guest_limit',
    4,
    { wire: FLIGHT, guest: [...presented, limit('chain'), sent(42), closedByGuest] },
  ],
  'too many certificates, of which the verifier says so too': [
    'guest_limit',
    4,
    { wire: FLIGHT, guest: [...presented, limit('chain'), rejected('ChainTooLong'), sent(46), closedByGuest] },
  ],
  'a refusal, and then no end of reading': [
    'certificate_untrusted',
    4,
    {
      wire: FLIGHT,
      guest: [...presented, rejected('UnknownIssuer'), sent(48), limit('handshake'), { kind: 'closed', by: 'timeout' }],
    },
  ],
  "out of time by the guest's last word": [
    'handshake_timeout',
    3,
    { wire: FLIGHT, guest: [...flight, { kind: 'closed', by: 'timeout' }] },
  ],
  "out of time by the gateway's word": [
    'handshake_timeout',
    3,
    { wire: FLIGHT, guest: flight, close: { by: 'gateway', how: 'timeout' } },
  ],
  'no place': ['guest_limit', 2, { wire: HELLO, guest: [accepted, limit('places'), closedByGuest] }],

  'a crash': ['guest_crash', 4, { wire: FLIGHT, guest: presented, bootEnd: 'crash', close: { by: 'guest' } }],
  'a crash after the refusal': [
    'certificate_untrusted',
    4,
    { wire: FLIGHT, guest: [...presented, rejected('UnknownIssuer'), sent(48)], bootEnd: 'crash' },
  ],
  'a crash after they had gone': ['abandoned', 3, { wire: FLIGHT, guest: [...flight, gone], bootEnd: 'crash' }],
  'a crash before we reached the guest': [
    'backend_unavailable',
    2,
    { wire: HELLO, dialled: false, bootEnd: 'crash', close: { end: 'backend_unavailable', by: 'gateway' } },
  ],
  'a planned restart': [
    'target_restarted',
    3,
    { wire: FLIGHT, guest: flight, bootEnd: 'planned', close: { by: 'guest' } },
  ],
  'the gateway stops': [
    'target_restarted',
    3,
    { wire: FLIGHT, guest: flight, close: { end: 'shutdown', by: 'gateway' } },
  ],
  'an error without an alert': [
    'guest_silent_close',
    3,
    { wire: FLIGHT, guest: [...flight, error('TooManyEmptyFragments'), closedByGuest] },
  ],
  'refused by the guest, its word for it lost': [
    'certificate_untrusted',
    3,
    { wire: [...ANSWERED, ['out', sealed(19)]], guest: flight, close: { by: 'guest' } },
  ],
  'closed by the guest, unheard': ['guest_silent_close', 3, { wire: FLIGHT, close: { by: 'guest' } }],
  'the recording breaks off': ['observer_lost', 3, { wire: FLIGHT, guest: flight, close: null }],

  'the secret on prize': ['released', 8, { wire: ANSWERED, guest: [...complete, release(false), gone] }],
  'the secret, and the recording breaks off': [
    'released',
    8,
    { wire: ANSWERED, guest: [...complete, release(false)], close: null },
  ],
  'the secret went out and the guest is unheard': ['released', 8, { wire: ANSWERED, releaseLikely: true }],
  'the secret went out in a registered self-test, unheard': [
    'released',
    8,
    { wire: ANSWERED, releaseLikely: true, selfTest: true },
  ],
  'a registered self-test with a stranger at its end': [
    'released',
    8,
    { wire: ANSWERED, guest: [...complete, release(false)], selfTest: true },
  ],
  'sizes that look like a release, though the guest told of none': [
    'released',
    8,
    { wire: ANSWERED, guest: [...complete, gone], releaseLikely: true },
  ],
  'sizes that look like a release, though the guest refused': [
    'certificate_untrusted',
    4,
    { wire: ANSWERED, guest: [...presented, rejected('UnknownIssuer'), sent(48)], releaseLikely: true },
  ],
  'sizes that look like a release, though the handshake never ended': [
    'abandoned',
    3,
    { wire: ANSWERED, guest: [...flight, gone], releaseLikely: true },
  ],
  'the secret on practice': [
    'released_practice',
    8,
    { prize: false, wire: ANSWERED, guest: [...complete, release(false), gone] },
  ],
  'a relay': ['released_relay', 8, { wire: ANSWERED, guest: [...complete, release(true), gone] }],
  'a relay on practice': [
    'released_relay',
    8,
    { prize: false, wire: ANSWERED, guest: [...complete, release(true), gone] },
  ],
  'the self-test': [
    'released_self_test',
    8,
    { wire: ANSWERED, guest: [...complete, release(true), gone], selfTest: true },
  ],
};

for (const [name, [outcome, depth, story]] of Object.entries(ROWS)) {
  test(`${name}: ${outcome}`, () => {
    const found = conclude(evidenceOf(story));
    assert.equal(found.outcome, outcome);
    assert.equal(found.depth, depth);
    assert.ok(found.inferred ? found.confidence <= 0.8 : found.confidence === 1);
  });
}

test('every outcome has its case', () => {
  const covered = new Set(Object.values(ROWS).map(([outcome]) => outcome));
  assert.deepEqual(
    OUTCOMES.filter(outcome => !covered.has(outcome)),
    [],
  );
});

test('what was told is not inferred; what was read off the wire is', () => {
  const inferred = (story: Story) => conclude(evidenceOf(story)).inferred;
  assert.equal(inferred({ wire: FLIGHT, guest: [...flight, gone] }), false);
  assert.equal(inferred({ wire: FLIGHT }), true);
  assert.equal(inferred({ wire: ANSWERED, releaseLikely: true }), true);
  assert.equal(inferred({ wire: [['in', Buffer.from('GET / HTTP/1.0\r\n\r\n')]] }), false);
});

test('without the guest, sizes and readable alerts tell', () => {
  const rows: [Outcome, Wire][] = [
    ['version_refused', [...HELLO, ['out', alert(2, 70)]]],
    ['refused_by_peer', [...FLIGHT, ['in', alert(2, 48)]]],
    ['refused_by_peer', [...FLIGHT, ['in', Buffer.concat([CHANGE_CIPHER_SPEC, sealed(19)])]]],
    ['certificate_missing', [...FLIGHT, ['in', Buffer.concat([sealed(25), sealed(53)])], ['out', sealed(19)]]],
    ['certificate_untrusted', [...ANSWERED, ['out', sealed(19)]]],
    ['abandoned', FLIGHT],
  ];
  for (const [outcome, wire] of rows) {
    const found = conclude(evidenceOf({ wire }));
    assert.equal(found.outcome, outcome);
    assert.equal(found.inferred, true);
    assert.ok(found.depth <= 3);
  }
});

test('in the client role an agreement counts only if it takes up what was offered', () => {
  const depth = (answer: Buffer) =>
    conclude(evidenceOf({ guestRole: 'client', wire: [...AS_CLIENT.slice(0, 1), ['in', record(22, answer)]] })).depth;
  assert.equal(depth(serverHello()), 3);
  assert.equal(depth(serverHello({ cipher: 0xc02f })), 2);
  const share = extension(51, Buffer.from([0, 29, 0, 0]));
  assert.equal(depth(serverHello({ extensions: [share] })), 2);
  assert.equal(depth(serverHello({ extensions: [extension(43, Buffer.from([3, 4])), share] })), 3);
});

test('alerts come from the guest, and from the wire where it told none', () => {
  const told = conclude(evidenceOf({ wire: FLIGHT, guest: [...flight, sent(48), received(0), closedByGuest] }));
  assert.deepEqual([told.alertsSent, told.alertsReceived], [[48], [0]]);
  const seen = conclude(evidenceOf({ wire: [...HELLO, ['out', alert(2, 40)]] }));
  assert.deepEqual([seen.alertsSent, seen.alertsReceived], [[40], []]);
});

test('the guest gives its reason in its own words, the most telling one', () => {
  const words = (guest: Told[]) => conclude(evidenceOf({ wire: FLIGHT, guest })).guestError;
  assert.equal(
    words([...presented, rejected('UnknownIssuer'), error('InvalidCertificate')]),
    'chain_rejected: UnknownIssuer',
  );
  assert.equal(words([...flight, error('DecryptError')]), 'tls_error: DecryptError');
  assert.equal(words(flight), null);
  assert.equal(words([...flight, error('x'.repeat(500))])?.length, 128);
});
