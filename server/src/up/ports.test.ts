import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { freePorts } from './free-port.ts';
import { checkPorts, choosePorts, wantedPorts } from './ports.ts';

const settingsWith = (env: Record<string, string>) => readConfig(env).settings;

test('an installation wants a port for the page, three for each target, and one for its own PostgreSQL', () => {
  const ports = wantedPorts(settingsWith({}));
  assert.deepEqual(
    ports.map(({ port }) => port),
    [8080, 10000, 10001, 10002, 11000, 11001, 11002, 15432],
  );
  const others = wantedPorts(settingsWith({ PINATA_DATABASE_URL: 'postgresql://elsewhere/pinata' }));
  assert.ok(!others.some(({ variable }) => variable === 'PINATA_POSTGRES_PORT'));
});

test('a port that is in use is named with its variable', async t => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const wanted = [{ variable: 'PINATA_HTTP_PORT', host: '127.0.0.1', port, what: 'dashboard and API' }] as const;
  await assert.rejects(checkPorts(wanted), {
    code: 'PORT_IN_USE',
    message: `Port ${port} on 127.0.0.1 is in use (dashboard and API).`,
    remedy: 'Stop the other program, or choose another port with PINATA_HTTP_PORT.',
  });
});

test('a port that is wanted twice is in use', async () => {
  const first = await freePorts('127.0.0.1', 3);
  const settings = settingsWith({ PINATA_PRIZE_PORT: String(first), PINATA_PRACTICE_PORT: String(first + 2) });
  const targets = wantedPorts(settings).filter(({ variable }) => /PRIZE|PRACTICE/.test(variable));
  await assert.rejects(checkPorts(targets), { code: 'PORT_IN_USE' });
});

test('an address that this machine does not have is a wrong setting', async () => {
  const wanted = [{ variable: 'PINATA_ATTACK_HOST', host: '192.0.2.1', port: 1, what: 'prize' }] as const;
  await assert.rejects(checkPorts(wanted), { code: 'CONFIG_INVALID' });
});

test('ports that are 0 are chosen, the others stay', async () => {
  const chosen = await choosePorts(settingsWith({ PINATA_HTTP_PORT: '0', PINATA_PRIZE_PORT: '0' }));
  assert.ok(chosen.PINATA_HTTP_PORT > 0);
  assert.equal(chosen.PINATA_PRACTICE_PORT, 11000);
  const prize = wantedPorts(chosen).filter(({ variable }) => variable === 'PINATA_PRIZE_PORT');
  await checkPorts(prize);
});
