import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../server/src/testing/until.ts';
import { bootOf, newestSeq, type Row, rowsAfter } from './api.ts';
import { issue, makeAuthority, type TestAuthority } from './authority.ts';
import { CLIENTS, type Identity, openssl } from './clients.ts';
import { run, start } from './command.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';
import { python } from './python.ts';

const TWO_SESSIONS = join(import.meta.dirname, 'clients/two_sessions.py');
const CLOSE_NOTIFY = 0;
const RELEASE = /pinata release 1/;

let it: Installation;
let foreign: TestAuthority;
let lookalike: TestAuthority;
let boots: Record<string, string>;

before(async () => {
  it = await startInstallation();
  foreign = await makeAuthority(join(it.authority.folder, 'foreign'), '/CN=somebody else');
  lookalike = await makeAuthority(join(it.authority.folder, 'lookalike'));
  issue(it.authority, 'expired', { days: { from: 30, to: 2 } });
  issue(it.authority, 'rsa', { key: 'rsa' });
  issue(it.authority, 'no-usage', { usage: 'none' });
  issue(foreign, 'rsa', { key: 'rsa' });
  boots = { prize: await bootOf(it, 'prize'), practice: await bootOf(it, 'practice') };
});

after(async () => {
  await it?.stop();
  if (it) await removeInstallation(it);
});

const identity = (authority: TestAuthority, name: string): Identity => ({
  cert: authority.file(`${name}.pem`),
  key: authority.file(`${name}.key`),
});

/** Does something to a target and gives the row that it became. The guest must have survived it. */
async function rowOf(act: () => Promise<unknown>): Promise<Row> {
  const seq = await newestSeq(it);
  await act();
  const [row] = await rowsAfter(it, seq, 1);
  assert.ok(row);
  for (const [target, boot] of Object.entries(boots))
    assert.equal(await bootOf(it, target), boot, `${target} has the boot that it had`);
  return row;
}

function expectRow(row: Row, expected: { outcome: string; depth: number; alert?: number }): void {
  assert.deepEqual(
    { outcome: row.result.outcome, depth: row.result.depth, alert: row.result.alertsSent[0] },
    { outcome: expected.outcome, depth: expected.depth, alert: expected.alert },
  );
}

/** Plain TCP: sends `bytes` and reads until the peer has closed. */
async function talk(port: number, bytes: Buffer | string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  const ended = once(socket, 'end').catch(() => undefined);
  if (bytes.length > 0) socket.write(bytes);
  socket.resume();
  await ended;
  socket.end();
  await closed;
}

describe('the server role, with clients that are not ours', () => {
  for (const client of CLIENTS) {
    test(`${client.name} with the published certificate gets the practice document`, async () => {
      const row = await rowOf(async () =>
        assert.match((await client.connect(it.ports.practice, identity(it.authority, 'client'))).text, RELEASE),
      );
      expectRow(row, { outcome: 'released_practice', depth: 8, alert: CLOSE_NOTIFY });
    });

    test(`${client.name} with an RSA certificate of a foreign authority is refused`, async () => {
      const row = await rowOf(async () =>
        assert.doesNotMatch((await client.connect(it.ports.practice, identity(foreign, 'rsa'))).text, RELEASE),
      );
      expectRow(row, { outcome: 'certificate_untrusted', depth: 4, alert: 48 });
    });

    test(`${client.name} without a certificate is told that one is required`, async () => {
      const row = await rowOf(async () =>
        assert.match(
          (await client.connect(it.ports.practice, null)).text,
          /certificate.required|CERTIFICATE_REQUIRED|1116/i,
        ),
      );
      expectRow(row, { outcome: 'certificate_missing', depth: 3, alert: 116 });
    });
  }

  test('TLS 1.2 alone is refused with protocol_version', async () => {
    const row = await rowOf(async () =>
      assert.match((await openssl(it.ports.practice, null, '-tls1_2')).text, /alert protocol version/),
    );
    expectRow(row, { outcome: 'version_refused', depth: 2, alert: 70 });
  });

  const refused: [string, () => Identity, { outcome: string; depth: number; alert: number }, RegExp][] = [
    [
      'a foreign authority',
      () => identity(foreign, 'client'),
      { outcome: 'certificate_untrusted', depth: 4, alert: 48 },
      /unknown ca/,
    ],
    [
      'a look-alike authority',
      () => identity(lookalike, 'client'),
      { outcome: 'certificate_untrusted', depth: 4, alert: 51 },
      /decrypt error/,
    ],
    [
      'the target’s own server certificate',
      () => identity(it.authority, 'server'),
      { outcome: 'certificate_unsuitable', depth: 4, alert: 43 },
      /unsupported certificate/,
    ],
    [
      'a certificate without a usage',
      () => identity(it.authority, 'no-usage'),
      { outcome: 'certificate_unsuitable', depth: 4, alert: 43 },
      /unsupported certificate/,
    ],
    [
      'an expired certificate',
      () => identity(it.authority, 'expired'),
      { outcome: 'certificate_unsuitable', depth: 4, alert: 45 },
      /certificate expired/,
    ],
  ];
  for (const [name, who, expected, saw] of refused) {
    test(`${name} is refused with alert ${expected.alert}`, async () => {
      const row = await rowOf(async () => {
        const { text } = await openssl(it.ports.practice, who(), '-tls1_3');
        assert.match(text, saw);
        assert.doesNotMatch(text, RELEASE);
      });
      expectRow(row, expected);
    });
  }

  test('an RSA key under our own authority is refused: only P-256 can prove itself here', async () => {
    const row = await rowOf(async () => {
      const { text } = await openssl(it.ports.practice, identity(it.authority, 'rsa'), '-tls1_3');
      assert.doesNotMatch(text, RELEASE);
    });
    expectRow(row, { outcome: 'possession_failed', depth: 5, alert: 47 });
  });

  test('the prize trusts nothing of practice', async () => {
    const row = await rowOf(async () =>
      assert.doesNotMatch((await openssl(it.ports.prize, identity(it.authority, 'client'), '-tls1_3')).text, RELEASE),
    );
    expectRow(row, { outcome: 'certificate_untrusted', depth: 4, alert: 48 });
  });
});

describe('what is no TLS', () => {
  test('random bytes', async () => {
    const bytes = randomBytes(512);
    bytes[0] = 0xff;
    const row = await rowOf(() => talk(it.ports.prize, bytes));
    assert.equal(row.result.outcome, 'not_tls');
    assert.equal(row.transport.bytesIn, 512);
  });
});

describe('the client role, with servers that are not ours', () => {
  test('openssl s_server with the published certificate gets the practice document over a tunnel', async t => {
    const port = it.ports.practice + 2;
    const row = await rowOf(async () => {
      const server = await startServer(t, identity(it.authority, 'server'));
      const tunnel = start('socat', [`TCP4:127.0.0.1:${port}`, `TCP4:127.0.0.1:${server.port}`]);
      await until(
        'the document',
        () => RELEASE.test(server.seen.text),
        30_000,
        () => server.seen.text,
      );
      await until('the tunnel has closed', () => tunnel.child.exitCode !== null);
    });
    expectRow(row, { outcome: 'released_practice', depth: 8, alert: CLOSE_NOTIFY });
    assert.equal(row.channel, 'client');
  });

  test('openssl s_server with a foreign certificate is refused by the guest', async t => {
    const row = await rowOf(async () => {
      const server = await startServer(t, identity(foreign, 'server'));
      const tunnel = start('socat', [`TCP4:127.0.0.1:${it.ports.practice + 2}`, `TCP4:127.0.0.1:${server.port}`]);
      await until('the tunnel has closed', () => tunnel.child.exitCode !== null);
      assert.doesNotMatch(server.seen.text, RELEASE);
    });
    expectRow(row, { outcome: 'certificate_untrusted', depth: 4, alert: 48 });
  });

  test('connect-back reaches openssl s_server and is one row', async t => {
    const row = await rowOf(async () => {
      const server = await startServer(t, identity(it.authority, 'server'), it.ports.callback);
      await talk(it.ports.practice + 1, '');
      await until(
        'the document',
        () => RELEASE.test(server.seen.text),
        30_000,
        () => server.seen.text,
      );
    });
    assert.equal(row.channel, 'callback');
    expectRow(row, { outcome: 'released_practice', depth: 8, alert: CLOSE_NOTIFY });
  });
});

describe('the relay of the prize into itself', () => {
  test('succeeds, is two rows of released_relay, and shows the relay nothing', async () => {
    const seq = await newestSeq(it);
    const relay = await run('socat', [
      '-v',
      `TCP4:127.0.0.1:${it.ports.prize + 2}`,
      `TCP4:127.0.0.1:${it.ports.prize}`,
    ]);
    assert.doesNotMatch(relay.text, RELEASE);
    const rows = await rowsAfter(it, seq, 2);
    assert.deepEqual(
      rows.map(row => row.result.outcome),
      ['released_relay', 'released_relay'],
    );
    assert.deepEqual(rows.map(row => row.channel).sort(), ['client', 'server']);
    assert.ok(rows.every(row => row.result.peerIsSelf === true));
  });
});

describe('two sessions that only look like one', () => {
  test('copied randoms do not make the peer the target itself', async () => {
    const seq = await newestSeq(it);
    const middle = await run(python(), [
      TWO_SESSIONS,
      String(it.ports.practice + 2),
      String(it.ports.practice),
      it.authority.folder,
    ]);
    assert.match(middle.text, /same randoms [0-9a-f]{64} [0-9a-f]{64}/);
    const rows = await rowsAfter(it, seq, 2);
    assert.deepEqual(
      rows.map(row => [row.result.outcome, row.result.peerIsSelf]),
      [
        ['released_practice', false],
        ['released_practice', false],
      ],
    );
  });
});

describe('slow and odd transports', () => {
  test('a golden handshake byte by byte', async t => {
    const row = await rowOf(async () => {
      const through = await dribbler(it.ports.practice);
      t.after(() => through.close());
      const { text } = await openssl(through.port, identity(it.authority, 'client'), '-tls1_3');
      assert.match(text, RELEASE);
    });
    expectRow(row, { outcome: 'released_practice', depth: 8, alert: CLOSE_NOTIFY });
  });
});

/** A real `openssl s_server` that asks for a client certificate and prints what it gets. */
async function startServer(t: { after(fn: () => void): void }, who: Identity, port = 0) {
  const { child, seen } = start('openssl', [
    's_server',
    '-accept',
    port === 0 ? '127.0.0.1:0' : `127.0.0.1:${port}`,
    '-cert',
    who.cert,
    '-key',
    who.key,
    '-Verify',
    '1',
    '-tls1_3',
    '-naccept',
    '1',
  ]);
  t.after(() => child.kill());
  await until(
    's_server listens',
    () => /ACCEPT 127\.0\.0\.1:(\d+)|ACCEPT/.test(seen.text),
    10_000,
    () => seen.text,
  );
  const said = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(seen.text)?.[1];
  return { child, seen, port: port || Number(said) };
}

/** A relay that passes what it is given on in single bytes. */
async function dribbler(target: number): Promise<{ port: number; close(): void }> {
  const server = createServer(near => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    near.on('data', async chunk => {
      near.pause();
      for (const byte of chunk) await new Promise<void>(done => far.write(Buffer.of(byte), () => done()));
      near.resume();
    });
    near.on('end', () => far.end());
    far.pipe(near);
    far.on('error', () => near.destroy());
    near.on('error', () => far.destroy());
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close: () => server.close() };
}
