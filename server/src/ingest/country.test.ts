import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCountries } from './country.ts';

test('without a database every country is unknown, and none is named as the source', () => {
  const countries = openCountries('');
  assert.equal(countries.of('192.0.2.7'), 'ZZ');
  assert.equal(countries.database, null);
});

test('a file that is no database is refused with its variable', () => {
  assert.throws(() => openCountries(import.meta.filename), { code: 'CONFIG_INVALID', message: /PINATA_GEO_DB/ });
});
