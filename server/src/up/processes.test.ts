import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { instancesOf } from './processes.ts';

const namesWith = (env: Record<string, string>) => instancesOf(readConfig(env).settings).map(({ name }) => name);

test('there is one process of each role, and as many gateways as were asked for', () => {
  assert.deepEqual(namesWith({}), ['postgres', 'supervisor', 'ingest', 'gateway', 'api']);
  assert.deepEqual(namesWith({ PINATA_GATEWAY_PROCESSES: '3', PINATA_DATABASE_URL: 'postgresql://elsewhere' }), [
    'supervisor',
    'ingest',
    'gateway',
    'gateway-2',
    'gateway-3',
    'api',
  ]);
});

test('each gateway is told its number', () => {
  const instances = instancesOf(readConfig({ PINATA_GATEWAY_PROCESSES: '2' }).settings);
  assert.deepEqual(
    instances.filter(({ role }) => role === 'gateway').map(({ own }) => own),
    [{ PINATA_GATEWAY_NUMBER: '1' }, { PINATA_GATEWAY_NUMBER: '2' }],
  );
});
