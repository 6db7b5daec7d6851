import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexParts, referenceParts } from './classes.ts';

test('each part of a reference leads to where it is published', () => {
  assert.deepEqual(
    referenceParts(
      'RFC 8446 §4.2.9 and §4.2.11, RFC 8446 appendix D.4, RFC 8701, CVE-2015-0204, CAPEC-28, JA4 (2023), a book',
    ).map(({ href }) => href),
    [
      'https://www.rfc-editor.org/rfc/rfc8446#section-4.2.9',
      'https://www.rfc-editor.org/rfc/rfc8446#appendix-D.4',
      'https://www.rfc-editor.org/rfc/rfc8701',
      'https://www.cve.org/CVERecord?id=CVE-2015-0204',
      'https://capec.mitre.org/data/definitions/28.html',
      'https://github.com/FoxIO-LLC/ja4',
      null,
    ],
  );
});

test('the evidence is cut out of its bytes, in words of four', () => {
  assert.deepEqual(hexParts('000102030405060708', 2, 3), ['0001', '0203 04', '050607 08']);
  assert.equal(hexParts('000102030405060708', 2, 3).join(''), '00010203 04050607 08');
});

test('evidence that goes on beyond what is shown ends with it', () => {
  assert.deepEqual(hexParts('00010203', 1, 500), ['00', '010203', '']);
  assert.deepEqual(hexParts('00010203', 0, 0), ['', '', '00010203']);
});
