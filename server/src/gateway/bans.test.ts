import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BanBoard } from '../admin/ban-board.ts';
import type { Refused } from '../wire/facts.ts';
import { nowMicros } from '../wire/ids.ts';
import { Bans } from './bans.ts';
import { polite, silent, testGateway, until } from './gateway.fixture.ts';
import { startGateway } from './start.ts';

const HOUR_US = 3_600_000_000;

/** What becomes of somebody who connects and says nothing: a reset, or nothing yet. */
function fate(t: TestContext, port: number): Promise<'reset' | 'let in'> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  return new Promise(resolve => {
    socket.on('error', () => resolve('reset'));
    socket.on('close', () => resolve('reset'));
    socket.on('data', () => resolve('let in'));
    socket.on('connect', () => socket.write('hello'));
  });
}

async function banBoard(t: TestContext, path: string): Promise<BanBoard> {
  const board = new BanBoard();
  await board.serve(path);
  t.after(() => board.close());
  return board;
}

test('a banned address is reset before anything else, counted as refused, and has no row; a restart changes nothing', async t => {
  const { gateway, house } = await testGateway(t, polite);
  const { practice, prize } = { practice: gateway.ports.get('practice'), prize: gateway.ports.get('prize') };
  assert.ok(practice && prize);
  assert.equal(await fate(t, practice.server), 'let in');
  const board = await banBoard(t, house.config.layout.sockets.bans);
  const bans = [{ network: '127.0.0.0/16', untilUs: nowMicros() + HOUR_US }];
  board.show(bans);
  let last = '';
  for (let tries = 0; tries < 200 && last !== 'reset'; tries++) last = await fate(t, practice.server);
  assert.equal(last, 'reset', 'the ban is heard');
  for (const port of [prize.server, prize.callback, prize.client]) assert.equal(await fate(t, port), 'reset');

  await board.close();
  await gateway.stop();
  assert.deepEqual(new Set(house.opened().map(({ target }) => target)), new Set(['practice']), 'no row');
  const refused = house.facts().filter((fact): fact is Refused => fact.kind === 'refused');
  assert.deepEqual(
    ['server', 'callback', 'client'].map(channel =>
      refused.flatMap(one => (one.target === 'prize' && one.channel === channel ? one.count : [])),
    ),
    [[1], [1], [1]],
  );
  const again = await startGateway(house.config, silent);
  t.after(() => again.stop());
  assert.equal(await fate(t, again.ports.get('prize')?.server ?? 0), 'reset', 'with nobody to tell it');
});

test('a ban ends by the clock, and with the next list; IPv4 and IPv6, addresses and networks', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-bans-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let now = 1_000_000;
  const bans = new Bans(folder, silent, () => now);
  t.after(() => bans.stop());
  const socket = join(folder, 'run', 'socket');
  const board = await banBoard(t, socket);
  board.show([
    { network: '192.0.2.7/32', untilUs: 2_000_000 },
    { network: '198.51.100.0/24', untilUs: 3_000_000 },
    { network: '2001:db8:1:2::/64', untilUs: 4_000_000 },
  ]);
  assert.equal(bans.has('192.0.2.7'), false);
  bans.follow(socket);
  await until(() => bans.has('192.0.2.7'));
  const held = () =>
    ['192.0.2.7', '192.0.2.8', '198.51.100.200', '2001:db8:1:2::9', '2001:db8:1:3::9'].map(ip => bans.has(ip));
  assert.deepEqual(held(), [true, false, true, true, false]);
  now = 2_000_000;
  assert.deepEqual(held(), [false, false, true, true, false]);
  now = 4_000_000;
  assert.deepEqual(held(), [false, false, false, false, false]);
  board.show([{ network: '192.0.2.8/32', untilUs: 9_000_000 }]);
  await until(() => bans.has('192.0.2.8'));
  board.show([]);
  await until(() => !bans.has('192.0.2.8'));
});
