import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryNow } from '../e2e/memory.ts';
import { asClient, asServer, winner } from '../e2e/peers/attacks.ts';
import { certificateDrips, helloDrips, longCertificates, mutes } from '../e2e/peers/crowd.ts';
import { sameNameChain } from '../e2e/peers/issue.ts';
import { findProcesses } from '../e2e/processes.ts';
import { Trial } from '../e2e/trial.ts';

const MIB = 1 << 20;
const WAVES = 8;
/** After these, everything that is ever taken at once has been taken once. */
const WARM_UP = 2;
const GUEST_GROWTH_MAX = 8 * MIB;
const GATEWAY_GROWTH_MAX = 48 * MIB;
const QEMU = /qemu-system-x86_64/;
const GATEWAY = /gateway\/main\.ts/;

/** A crowd at both targets until its patience is over; meanwhile chains of 120 in both roles, and winners. */
async function wave(trial: Trial): Promise<void> {
  const { prize, practice } = trial.it.ports;
  const lines = [
    ...(await longCertificates(practice, 1, 12)),
    ...(await helloDrips(prize, 2, 90)),
    ...(await helloDrips(practice, 3, 30)),
    ...(await mutes(practice, 4, 16)),
    ...(await mutes(practice + 2, 5, 10, 5)),
    ...(await certificateDrips({ server: practice, client: practice + 2 }, 6)),
  ];
  while (lines.some(line => !line.isOver)) {
    await asClient(trial.serverPort, await sameNameChain(trial.it.authority, 'client', 120));
    await asServer(trial.clientPort, await sameNameChain(trial.it.authority, 'server', 120));
    await winner(trial.serverPort, trial.client);
  }
  for (const { source } of lines) await trial.observer.attempt(source);
}

test(`after ${WAVES} crowds, one after the other, guests and gateway have no more memory than after ${WARM_UP}`, async t => {
  const trial = await Trial.start();
  t.after(() => trial.stop());
  const measure = (pattern: RegExp) => findProcesses(trial.root, pattern).map(({ pid }) => memoryNow(pid));
  const tell = () => t.diagnostic([...measure(QEMU), ...measure(GATEWAY)].map(n => (n / MIB).toFixed(1)).join(', '));
  for (let waves = 0; waves < WARM_UP; waves++) await wave(trial);
  const before = { guests: measure(QEMU), gateway: measure(GATEWAY) };
  tell();
  for (let waves = WARM_UP; waves < WAVES; waves++) {
    await wave(trial);
    tell();
  }
  const assertSteady = (now: number[], then: number[], max: number) => {
    assert.equal(now.length, then.length);
    for (const [i, bytes] of now.entries()) assert.ok(bytes - (then[i] ?? 0) < max, `${bytes} bytes`);
  };
  assertSteady(measure(QEMU), before.guests, GUEST_GROWTH_MAX);
  assertSteady(measure(GATEWAY), before.gateway, GATEWAY_GROWTH_MAX);
  await trial.assertSurvived();
});
