import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryRecord } from '../../../server/src/export/testing/arbitrary-record.ts';
import { hurdlesOf } from './chain-checks.ts';
import { helloFields } from './hello-fields.ts';
import { extensionWords } from './tls-extensions.ts';
import { cipherName, groupName, pskModeName, signatureName } from './tls-names.ts';

test('numbers have the names of the registries, GREASE is marked, and what is unknown stays a number', () => {
  assert.equal(cipherName(0x1301), 'TLS_AES_128_GCM_SHA256');
  assert.equal(cipherName(0xc02f), 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
  assert.equal(cipherName(0x2a2a), 'GREASE 0x2a2a');
  assert.equal(groupName(0x11ec), 'X25519MLKEM768');
  assert.equal(signatureName(0x0804), 'rsa_pss_rsae_sha256');
  assert.equal(cipherName(0xfefe), '0xfefe');
  assert.deepEqual([0, 1, 0x0b, 0x2a, 7].map(pskModeName), ['psk_ke', 'psk_dhe_ke', 'GREASE 11', 'GREASE 42', '7']);
  assert.equal(extensionWords(43).section, 'RFC 8446 §4.2.1');
  assert.equal(extensionWords(0x1a1a).section, 'RFC 8701');
});

test('a hello keeps the order of the wire, and every field has its meaning and section', () => {
  fc.assert(
    fc.property(arbitraryRecord, ({ hello }) => {
      if (!hello) return;
      const fields = helloFields(hello);
      const values = (name: string) => fields.find(field => field.name === name)?.values ?? [];
      assert.deepEqual(
        values('Cipher suites').map(({ code }) => Number(code)),
        hello.ciphers,
      );
      assert.deepEqual(
        values('Extensions').map(({ code }) => Number(code)),
        hello.extensions,
      );
      assert.ok(fields.every(({ meaning, section }) => meaning !== '' && section !== ''));
    }),
    { numRuns: 50 },
  );
});

test('the failing check of a certificate stands at its place, those before it passed, those after it were not reached', () => {
  const [record] = fc.sample(arbitraryRecord, { numRuns: 1, seed: 2 });
  assert.ok(record);
  const states = (outcome: typeof record.result.outcome, depth: number, guestError: string | null) =>
    hurdlesOf({ result: { ...record.result, outcome, depth, guestError } }).map(
      ({ state, section }) => `${state} ${section}`,
    );
  assert.deepEqual(states('certificate_unsuitable', 4, 'chain_rejected: CertExpired { time: x }'), [
    'passed RFC 8446 §4.4.2',
    'failed RFC 5280 §4.1.2.5',
    'not_reached RFC 8446 §4.4.3',
    'not_reached RFC 8446 §4.4.4',
  ]);
  assert.deepEqual(
    states('released_practice', 8, null).map(text => text.split(' ')[0]),
    ['passed', 'passed', 'passed', 'passed'],
  );
  assert.match(states('certificate_missing', 3, null)[0] ?? '', /^failed/);
});
