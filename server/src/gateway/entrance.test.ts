import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSpool } from '../spool/spool.ts';
import { ROW_SPOOL_BYTES, TAPES_SPOOL_BYTES } from './attempt-record.ts';
import { CallbackDialler } from './callback-dialler.ts';
import { Entrance } from './entrance.ts';
import { dial, readAll, silent, until } from './gateway.fixture.ts';
import { GuestDialler } from './guest-dialler.ts';
import { placeLimits } from './places.ts';
import { Pool } from './pool.ts';
import { Refusals } from './refusals.ts';
import { Targets } from './targets.ts';

const CAPS = { perAddress: 100, perNetwork: 100, ratePerMinute: 1000, server: 100, client: 100, total: 100 };

test('without room for one attempt more nobody is accepted; with room again it goes on by itself', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-entrance-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const spool = await openSpool({ folder, name: 'test', capBytes: 3 * ROW_SPOOL_BYTES + TAPES_SPOOL_BYTES - 1 });
  t.after(() => spool.close());
  const targets = new Targets('/nonexistent');
  const refusals = new Refusals(() => {});
  t.after(() => refusals.stop());
  const entrance = new Entrance({
    target: 'prize',
    host: '127.0.0.1',
    ports: { server: 0, callback: 0, client: 0 },
    variable: 'PINATA_PRIZE_PORT',
    spool,
    leaveBytes: 0,
    withheld: null,
    pool: new Pool({ ...CAPS, graceMs: 1000 }),
    refusals,
    bans: { has: () => false },
    targets,
    dialler: new GuestDialler(targets, 'prize', { limits: placeLimits({ perNetwork: 100, graceMs: 1000 }) }),
    callbacks: new CallbackDialler({ port: 9, lab: true }),
    log: silent,
  });
  await entrance.open();
  t.after(() => entrance.close());
  const { server: port } = entrance.ports;
  const attackers: Socket[] = [await dial(t, port), await dial(t, port)];
  await until(() => entrance.openAttempts === 2);
  await assert.rejects(dial(t, port), { code: 'ECONNREFUSED' });
  await assert.rejects(dial(t, entrance.ports.client), { code: 'ECONNREFUSED' });
  const [first] = attackers;
  assert.ok(first);
  first.end();
  await readAll(first);
  let again: Socket | undefined;
  for (let tries = 0; tries < 100 && !again; tries++) {
    again = await dial(t, port).catch(() => undefined);
    if (!again) await new Promise(resolve => setTimeout(resolve, 20));
  }
  assert.ok(again);
  await until(() => entrance.openAttempts === 2);
  again.end();
  await once(again.resume(), 'end');
});
