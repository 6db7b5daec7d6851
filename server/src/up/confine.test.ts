import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { confine } from './confine.ts';

const ACCOUNT = { uid: 64_990, gid: 64_990 };

/** The fields of /proc/self/status and the core limit that a confined process sees. */
function statusUnder(argv: string[]): Map<string, string> {
  const text = execFileSync(
    argv[0] ?? '',
    [...argv.slice(1), 'sh', '-c', 'cat /proc/self/status; echo "Core: $(ulimit -c)"'],
    {
      encoding: 'utf8',
    },
  );
  return new Map(text.split('\n').map(line => [line.split(':')[0] ?? '', line.slice(line.indexOf(':') + 1).trim()]));
}

test('a confined process can gain no privileges and leaves no core', () => {
  const status = statusUnder(confine({ account: null, deathSignal: 'KILL' }, []));
  assert.equal(status.get('NoNewPrivs'), '1');
  assert.equal(status.get('Core'), '0');
});

test('with an account nothing of root is left', {
  skip: process.getuid?.() !== 0 && 'only root gives accounts',
}, () => {
  const status = statusUnder(confine({ account: ACCOUNT, deathSignal: 'KILL' }, []));
  assert.equal(status.get('Uid'), Array(4).fill(ACCOUNT.uid).join('\t'));
  assert.equal(status.get('Gid'), Array(4).fill(ACCOUNT.gid).join('\t'));
  assert.equal(status.get('Groups'), '');
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
    assert.equal(BigInt(`0x${status.get(set)}`), 0n, set);
  }
});

test('the named capabilities stay, and no others', {
  skip: process.getuid?.() !== 0 && 'only root gives accounts',
}, () => {
  const capabilities = ['setuid', 'setgid', 'kill'];
  const status = statusUnder(confine({ account: ACCOUNT, capabilities, deathSignal: 'KILL' }, []));
  // linux/capability.h: CAP_KILL 5, CAP_SETGID 6, CAP_SETUID 7
  for (const set of ['CapEff', 'CapBnd', 'CapAmb']) assert.equal(BigInt(`0x${status.get(set)}`), 0b1110_0000n, set);
});
