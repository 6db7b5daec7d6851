import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey } from './address-key.ts';
import { Places } from './places.ts';
import { startTestApi } from './testing/test-api.ts';

/** Nothing listens there: these tests need no database. */
const NO_DATABASE = 'postgresql://nobody@127.0.0.1:9/none';
const PER_MINUTE = 3;

test('IPv4 is counted as it is, also when mapped into IPv6', () => {
  assert.equal(addressKey('192.0.2.7'), '192.0.2.7');
  assert.equal(addressKey('::ffff:192.0.2.7'), '192.0.2.7');
});

test('IPv6 is counted by its /64', () => {
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), addressKey('2001:db8:1:2:ffff::1'));
  assert.notEqual(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'));
});

test('places are counted per address and in all, and given back once', () => {
  const places = new Places(2, 3);
  const first = places.take('192.0.2.1');
  assert.ok(first && places.take('192.0.2.1'));
  assert.equal(places.take('::ffff:192.0.2.1'), null);
  assert.ok(places.take('192.0.2.2'));
  assert.equal(places.take('192.0.2.3'), null);
  first();
  first();
  assert.equal(places.taken, 2);
  assert.ok(places.take('192.0.2.1'));
});

async function statuses(url: string, forwarded: string[]): Promise<number[]> {
  const found: number[] = [];
  for (const address of forwarded) {
    const response = await fetch(`${url}/schema/attempt-1.columns.json`, { headers: { 'x-forwarded-for': address } });
    await response.text();
    found.push(response.status);
  }
  return found;
}

const FOUR = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];

test('nobody gets a new budget by inventing X-Forwarded-For', async t => {
  const api = await startTestApi(NO_DATABASE, { limits: { requestsPerMinute: PER_MINUTE } });
  t.after(() => api.stop());
  assert.deepEqual(await statuses(api.url, FOUR), [200, 200, 200, 429]);
  const refused = await fetch(`${api.url}/schema/attempt-1.columns.json`);
  const problem = (await refused.json()) as { code: string };
  assert.equal(problem.code, 'RATE_LIMITED');
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.match(refused.headers.get('ratelimit') ?? '', /^"address";r=0;t=\d+$/);
  assert.equal((await fetch(`${api.url}/healthz`)).status, 200);
});

test('a trusted proxy is believed: every client has a budget of its own', async t => {
  const api = await startTestApi(NO_DATABASE, {
    limits: { requestsPerMinute: PER_MINUTE },
    env: { PINATA_TRUSTED_PROXY: '10.0.0.0/8, 127.0.0.1' },
  });
  t.after(() => api.stop());
  assert.deepEqual(await statuses(api.url, FOUR), [200, 200, 200, 200]);
  assert.deepEqual(
    await statuses(
      api.url,
      Array.from({ length: 4 }, () => '192.0.2.9'),
    ),
    [200, 200, 200, 429],
  );
  // What the client itself put in front of the proxy's own word does not count.
  assert.deepEqual(await statuses(api.url, ['198.51.100.1, 192.0.2.9']), [429]);
});

test('a proxy that is no address is refused at the start', async () => {
  await assert.rejects(startTestApi(NO_DATABASE, { env: { PINATA_TRUSTED_PROXY: 'my-proxy' } }), {
    code: 'CONFIG_INVALID',
  });
});

test('a port in use is told by its code', async t => {
  const api = await startTestApi(NO_DATABASE);
  t.after(() => api.stop());
  const port = new URL(api.url).port;
  await assert.rejects(startTestApi(NO_DATABASE, { env: { PINATA_HTTP_PORT: port } }), { code: 'PORT_IN_USE' });
});

test('without a database URL it does not start', async () => {
  await assert.rejects(startTestApi(''), { code: 'CONFIG_INVALID' });
});
