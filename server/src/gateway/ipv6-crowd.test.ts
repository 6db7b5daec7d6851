import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const NAMESPACE = ['--map-root-user', '--net'];
const ADDRESSES = [
  ...Array.from({ length: 8 }, (_, n) => `2001:db8:1:1::${n + 1}`),
  ...Array.from({ length: 8 }, (_, n) => `2001:db8:2:${n + 1}::1`),
  '2001:db8:3::1',
];

/** Some containers do not let anybody have a namespace. */
function namespacesMissing(): string | false {
  const { status, stderr } = spawnSync('unshare', [...NAMESPACE, 'true'], { encoding: 'utf8' });
  return status === 0 ? false : `no network namespaces here: ${stderr}`;
}

test('IPv6 crowds, in a network namespace of their own', { skip: namespacesMissing() }, () => {
  const lines = ['link set lo up', ...ADDRESSES.map(address => `addr add ${address}/128 dev lo nodad`)];
  const fixture = join(import.meta.dirname, 'ipv6-crowd.fixture.ts');
  const script = `ip -batch - && exec "$0" --test-reporter=spec "$1"`;
  const run = ['sh', '-c', script, process.execPath, fixture];
  // What is set for tests that run under the runner would silence one that runs by itself.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const said = execFileSync('unshare', [...NAMESPACE, ...run], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    env,
  });
  assert.match(said, /pass 2\n/);
  assert.match(said, /fail 0\n/);
});
