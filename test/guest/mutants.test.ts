import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../../server/src/config.ts';
import { Guest } from '../../server/src/supervisor/guest.ts';
import { readImage } from '../../server/src/supervisor/image.ts';
import { type BootOrder, newPrefaceKey } from '../../server/src/supervisor/provisioning.ts';
import { Qemu } from '../../server/src/supervisor/qemu.ts';
import { findQemu } from '../../server/src/supervisor/qemu-binary.ts';
import { GUEST_LIMITS } from '../../server/src/supervisor/targets.ts';
import { until } from '../../server/src/supervisor/until.fixture.ts';
import type { GivenAuthority } from '../../server/src/wire/channel-host.ts';
import type { GuestEventKind } from '../../server/src/wire/guest-event.ts';
import { type AttemptId, newUuidV7 } from '../../server/src/wire/ids.ts';
import { type Played, Puppet, REACHES, type Reach } from './mutants-puppet.ts';
import { anyRoot, openProvider } from './one-boot.ts';

// Altered handshakes against the shipped image on its virtual machine, under the supervisor's own code.

const LANES = 8;
const LEAST_MUTANTS = 2000;
/** From a connection's end to its last event. */
const EVENTS_DEADLINE_MS = 10_000;

/** A guest that is given an authority, and what it told about each connection. */
async function boot(t: TestContext, folder: string, authority: GivenAuthority) {
  const image = await readImage(readConfig({}).settings.PINATA_IMAGE);
  const qemu = new Qemu({ binary: await findQemu(), accelerator: 'tcg', folder, user: () => null });
  const [target, bootId, imageSha256, prefaceKey] = ['test', newUuidV7(Date.now()), image.sha256, newPrefaceKey()];
  const order: BootOrder = {
    ...{ target, bootId, prize: false, network: 'regtest', publicUrl: 'http://127.0.0.1', limits: GUEST_LIMITS },
    ...{ imageSha256, prefaceKey, authority },
  };
  const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');
  const certificates = {
    ...{ ca: base64(authority.ca), server: base64(authority.server), client: base64(authority.client) },
  };
  const told = new Map<AttemptId, GuestEventKind[]>();
  let lost = 0;
  const machine = await qemu.start({ name: target, place: 0, image });
  const guest = new Guest(
    machine,
    { target, bootId, imageSha256, provision: openProvider.prepare(order, machine.channel), certificates },
    {
      told: (_, id, { kind }) => {
        if (id) told.set(id, [...(told.get(id) ?? []), kind]);
      },
      lost: count => {
        lost += count;
      },
      flush: () => {},
    },
  );
  t.after(() => guest.stop());
  await guest.ready;
  return { guest, bootId, prefaceKey, address: machine.address, told, lost: () => lost };
}

/** How far the guest came, by what it told. */
function reached(kinds: readonly GuestEventKind[]): Reach {
  const has = (kind: GuestEventKind) => kinds.includes(kind);
  if (has('released') || has('finished')) return 'release';
  if (has('possession_ok')) return 'possession';
  if (has('chain_ok')) return 'chain';
  return has('certificate') ? 'certificate' : 'nothing';
}

function isRight({ reach, bytes }: Played, kinds: readonly GuestEventKind[]): boolean {
  const came = reached(kinds);
  if (reach === 'either') return true;
  if (reach === 'release') return came === 'release' && bytes > 0;
  return REACHES.indexOf(came) <= REACHES.indexOf(reach) && bytes === 0;
}

test('of thousands of altered handshakes on the virtual machine none convinces, and the honest ones between them all do', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-mutants-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const puppet = new Puppet(randomBytes(32));
  const { guest, bootId, prefaceKey, address, told, lost } = await boot(t, folder, await puppet.authority(folder));
  const startedMs = performance.now();
  const played = await puppet.attack(address, prefaceKey, LANES);
  const seconds = (performance.now() - startedMs) / 1000;
  await until(() => played.every(({ id }) => told.get(id)?.at(-1) === 'closed'), EVENTS_DEADLINE_MS);

  const wrong = played.filter(one => !isRight(one, told.get(one.id) ?? []));
  const shown = wrong.map(({ id, role, name, reach, bytes }) => ({ role, name, reach, bytes, told: told.get(id) }));
  assert.deepEqual(shown, []);
  const mutants = played.filter(({ reach }) => reach !== 'either' && reach !== 'release');
  const honest = played.filter(({ name }) => name === 'honest');
  const released = mutants.filter(({ id }) => told.get(id)?.includes('released'));
  const counts = [`${played.length} handshakes in ${seconds.toFixed(1)} s`, `${honest.length} honest, all released`];
  t.diagnostic([...counts, `${mutants.length} that must not convince, ${released.length} released`].join('; '));
  assert.ok(mutants.length >= LEAST_MUTANTS && honest.length > 50);
  for (const role of ['Client', 'Server'])
    assert.ok(mutants.filter(one => one.role === role).length > LEAST_MUTANTS / 4);
  assert.equal(lost(), 0);
  assert.equal((await guest.prove(anyRoot())).bootId, bootId);
});
