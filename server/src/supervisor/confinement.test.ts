import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { canChangeUser, confined, type MachineUser } from './confinement.ts';
import { until } from './until.fixture.ts';

const OWN_USER: MachineUser = { uid: 64_131, gid: 64_131, kvmGid: null };

test('the machine dies with the process that started it, under a user of its own too', async t => {
  for (const user of canChangeUser() ? [null, OWN_USER] : [null]) {
    const argv = confined(['sleep', '600'], user);
    const script = `const c = require('child_process').spawn(${JSON.stringify(argv[0])}, ${JSON.stringify(argv.slice(1))});
      c.once('spawn', () => process.stdout.write(String(c.pid))); setInterval(() => {}, 1000)`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => parent.kill('SIGKILL'));
    const [text] = await once(parent.stdout, 'data');
    const pid = Number(String(text));
    await until(() => commandOf(pid)?.startsWith('sleep') ?? false);
    parent.kill('SIGKILL');
    await until(() => commandOf(pid) === null);
  }
});

function commandOf(pid: number): string | null {
  try {
    // A zombie has an empty command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') || null;
  } catch {
    return null;
  }
}

test('changing users takes root or the three ambient capabilities', () => {
  const status = (uid: number, effective: string, ambient: string) =>
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective}\nCapAmb:\t${ambient}\n`;
  assert.equal(canChangeUser(status(0, '000001ffffffffff', '0000000000000000')), true);
  assert.equal(canChangeUser(status(0, '0000000000000000', '0000000000000000')), false);
  assert.equal(canChangeUser(status(1000, '00000000000000e0', '00000000000000e0')), true);
  assert.equal(canChangeUser(status(1000, '00000000000000e0', '0000000000000000')), false);
  assert.equal(canChangeUser(status(1000, '00000000000000c0', '00000000000000c0')), false);
});
