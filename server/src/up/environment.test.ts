import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { environmentOf } from './environment.ts';
import { accountsFrom, ROLES } from './roles.ts';

const given = {
  PINATA_DATABASE_URL: 'postgresql://owner',
  PINATA_API_DATABASE_URL: 'postgresql://reader',
  PINATA_PRIZE_SECRET: '/elsewhere/prize.key',
  PINATA_LAB: '0',
  PINATA_HTTP_PORT: '8081',
};
const { settings } = readConfig(given);

test('each role sees only what is its business', () => {
  const holders = (name: string) => ROLES.filter(role => name in environmentOf(role, settings, null));
  assert.deepEqual(holders('PINATA_DATABASE_URL'), ['ingest']);
  assert.deepEqual(holders('PINATA_API_DATABASE_URL'), ['api']);
  assert.deepEqual(holders('PINATA_PRIZE_SECRET'), ['supervisor']);
  assert.deepEqual(holders('PINATA_HTTP_PORT'), [...ROLES]);
});

test('a process that reads its environment gets the same settings again', () => {
  const read = readConfig(environmentOf('supervisor', settings, accountsFrom(64_100))).settings;
  assert.deepEqual(read, { ...settings, PINATA_DATABASE_URL: '', PINATA_API_DATABASE_URL: '' });
});

test('nothing of the operator’s own environment is passed on but the path', () => {
  const names = Object.keys(environmentOf('gateway', settings, null)).filter(name => !name.startsWith('PINATA_'));
  assert.deepEqual(names.sort(), ['LANG', 'NODE_ENV', 'PATH', 'TZ']);
});
