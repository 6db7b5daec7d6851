import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { readAll, type TestGateway, testGateway, until } from './gateway.fixture.ts';

// Run by ipv6-crowd.test.ts, in a network namespace that has these addresses.

const PER_ADDRESS = 16;
const PER_NETWORK = 64;

/** Sockets of one address each, silent. */
async function come(t: TestContext, { gateway }: TestGateway, from: readonly string[]): Promise<Socket[]> {
  const port = gateway.ports.get('prize')?.server ?? 0;
  const sockets = from.map(localAddress => connect({ host: '::1', port, localAddress, allowHalfOpen: true }));
  for (const socket of sockets) {
    socket.on('error', () => {});
    t.after(() => socket.destroy());
  }
  await Promise.all(sockets.map(socket => once(socket, 'connect')));
  return sockets;
}

/** How many attempts from addresses with this beginning there are, and how many of them were limited. */
function counted({ house }: TestGateway, prefix: string): { all: number; limited: number } {
  const ids = house.opened().flatMap(({ id, source }) => (source.ip.startsWith(prefix) ? [id] : []));
  const limited = house.closed().filter(({ id, end }) => ids.includes(id) && end === 'gateway_limited');
  return { all: ids.length, limited: limited.length };
}

for (const { what, prefix, from, admitted } of [
  {
    what: 'a /64 counts as one address, however many of its addresses come',
    prefix: '2001:db8:1:',
    from: Array.from({ length: 64 }, (_, n) => `2001:db8:1:1::${1 + (n % 8)}`),
    admitted: PER_ADDRESS,
  },
  {
    what: 'a /48 counts as one network, however many of its /64s come',
    prefix: '2001:db8:2:',
    from: Array.from({ length: 96 }, (_, n) => `2001:db8:2:${1 + (n % 8)}::1`),
    admitted: PER_NETWORK,
  },
]) {
  test(`${what}; others are served meanwhile, and every one is a row`, async t => {
    const env = {
      PINATA_ATTACK_HOST: '::',
      PINATA_CAP_PER_ADDRESS: `${PER_ADDRESS}`,
      PINATA_CAP_PER_NETWORK: `${PER_NETWORK}`,
    };
    const there = await testGateway(t, socket => socket.pipe(socket), env);
    const crowd = await come(t, there, from);
    await until(() => counted(there, prefix).limited === from.length - admitted);
    const [good] = await come(t, there, ['2001:db8:3::1']);
    assert.ok(good);
    good.end('hello');
    assert.equal(String(await readAll(good)), 'hello');
    for (const socket of crowd) socket.destroy();
    await until(() => there.house.closed().length === from.length + 1);
    assert.deepEqual(counted(there, prefix), { all: from.length, limited: from.length - admitted });
  });
}
