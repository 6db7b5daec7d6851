import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cipherSuite, usesEphemeralCurve } from './cipher-suite.ts';
import { hasProgram } from './testing/real-peers.ts';

const run = promisify(execFile);
const FIELD = 'tls.handshake.ciphersuite';

test('suites have the names that tshark has for them', async t => {
  if (!(await hasProgram('tshark'))) return t.skip('tshark is not here');
  const { stdout } = await run('tshark', ['-G', 'values'], { maxBuffer: 256 * 1024 * 1024 });
  const rows = stdout.split('\n').map(line => line.split('\t'));
  const names = rows.filter(([, field, , name]) => field === FIELD && name?.startsWith('TLS_'));
  assert.ok(names.length > 300);
  for (const [, , code, name] of names) assert.equal(cipherSuite(Number(code))?.name, name);
});

test('a name tells key exchange and protection', () => {
  assert.deepEqual(cipherSuite(0x0003), {
    name: 'TLS_RSA_EXPORT_WITH_RC4_40_MD5',
    exchange: 'RSA_EXPORT',
    protection: 'RC4_40_MD5',
  });
  assert.equal(cipherSuite(0x1301)?.exchange, '');
  assert.equal(cipherSuite(0x2a2a), undefined);
  assert.deepEqual([0xc02f, 0x009e, 0x1301, 0xffff].map(usesEphemeralCurve), [true, false, false, false]);
});
