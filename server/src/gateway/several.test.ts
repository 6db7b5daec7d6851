import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readConfig } from '../config.ts';
import { LineScanner } from '../spool/line.ts';
import { readSpool } from '../spool/reader.ts';
import { freePorts } from '../up/free-port.ts';
import type { Channel, Data, Fact, Opened } from '../wire/facts.ts';
import { dial, polite, readAll, silent, TestHouse, until } from './gateway.fixture.ts';
import { type GuestHandler, TestGuest } from './guest.fixture.ts';
import { type RunningGateway, startGateway } from './start.ts';

const MANY = 24;
const [HANDSHAKE, APPLICATION_DATA] = [22, 23];

/** Two gateways in this process, as if they were two processes, and a guest for both. */
async function twoGateways(t: TestContext, handler: GuestHandler, env: Record<string, string> = {}) {
  const [prize, practice] = [await freePorts('127.0.0.1', 3), await freePorts('127.0.0.1', 3)];
  const settings = { PINATA_PRIZE_PORT: String(prize), PINATA_PRACTICE_PORT: String(practice) };
  const house = new TestHouse(t, {
    ...settings,
    PINATA_GATEWAY_PROCESSES: '2',
    PINATA_CAP_PER_ADDRESS: '1000',
    ...env,
  });
  const start = async (number: number, processes = 2): Promise<RunningGateway> => {
    const own = { PINATA_GATEWAY_NUMBER: String(number), PINATA_GATEWAY_PROCESSES: String(processes) };
    const gateway = await startGateway(readConfig({ ...house.env, ...own }), silent);
    t.after(() => gateway.stop());
    return gateway;
  };
  const gateways = [await start(1), await start(2)];
  const guest = await TestGuest.start(t, handler);
  house.tell([guest.state('prize'), guest.state('practice')]);
  const offset: Record<Channel, number> = { server: 0, callback: 1, client: 2 };
  return { house, gateways, start, connect: (channel: Channel) => dial(t, prize + offset[channel]) };
}

function factsIn(house: TestHouse, number: number): Fact[] {
  const { folder } = house.config.layout.gateways[number - 1] ?? { folder: '' };
  const files = readdirSync(folder).filter(name => name.endsWith('.spool'));
  return files
    .sort()
    .flatMap(name => new LineScanner(0).push(readFileSync(join(folder, name))).flatMap(({ fact }) => fact ?? []));
}

function openedIn(house: TestHouse, number: number): Opened[] {
  return factsIn(house, number).filter((fact): fact is Opened => fact.kind === 'open' && fact.selfTest === null);
}

test('two gateways share the ports: each connection is in one spool, and one of them alone tests itself', async t => {
  const { house, connect } = await twoGateways(t, polite);
  for (let n = 0; n < MANY; n++) {
    const attacker = await connect('server');
    attacker.end('x');
    assert.equal(String(await readAll(attacker)), 'x, answer');
  }
  const [first, second] = [openedIn(house, 1), openedIn(house, 2)];
  assert.ok(first.length > 0 && second.length > 0, `${first.length} and ${second.length}`);
  assert.equal(new Set([...first, ...second].map(({ id }) => id)).size, MANY);
  await until(() => factsIn(house, 1).some(({ kind }) => kind === 'self_test'));
  assert.deepEqual(
    factsIn(house, 2).filter(({ kind }) => kind === 'self_test'),
    [],
  );
});

test('a release that is relayed from one gateway into another is kept by neither', async t => {
  const secret = (n: number) => `release ${n} of the prize`;
  let relays = 0;
  const { house, connect } = await twoGateways(t, (socket, { role }) => {
    if (role === 'client') {
      socket.write(record('flight'));
      socket.end(record(secret(relays)));
    } else {
      // The self-test's attempt without a certificate says hello and waits.
      socket.once('data', bytes => bytes[0] === HANDSHAKE && socket.end());
      socket.once('end', () => socket.end());
    }
  });
  const legs: [number | undefined, number | undefined][] = [];
  for (relays = 0; relays < MANY; relays++) {
    const from = await connect('client');
    const into = await connect('server');
    legs.push([from.localPort, into.localPort]);
    const taken = await readAll(from);
    assert.match(String(taken), /release/);
    from.end();
    into.end(taken);
    await readAll(into);
  }
  const gatewayOf = new Map(
    [1, 2].flatMap(number => openedIn(house, number).map(({ source }) => [source.port, number])),
  );
  const crossed = legs.filter(([from = 0, into = 0]) => gatewayOf.get(from) !== gatewayOf.get(into));
  assert.ok(crossed.length > 0, 'some relays went from one gateway to the other');
  // Not the practice target's self-test, whose release is worth nothing.
  const ids = new Set([1, 2].flatMap(number => openedIn(house, number).map(({ id }) => id)));
  const facts = [1, 2].flatMap(number => factsIn(house, number));
  const kept = facts.filter((fact): fact is Data => fact.kind === 'data' && ids.has(fact.id));
  assert.ok(kept.some(({ bytes }) => Buffer.from(bytes, 'base64').includes('flight')));
  assert.equal(kept.filter(({ bytes }) => Buffer.from(bytes, 'base64').includes('release')).length, 0);
});

test('together they let in no more than the published cap', async t => {
  const { house, connect } = await twoGateways(t, polite, { PINATA_CAP_PER_ADDRESS: '5' });
  const attackers: Socket[] = [];
  for (let n = 0; n < MANY; n++) attackers.push(await connect('server'));
  const limited = () =>
    [1, 2]
      .flatMap(number => factsIn(house, number))
      .filter(fact => fact.kind === 'close' && fact.end === 'gateway_limited');
  await until(() => openedIn(house, 1).length + openedIn(house, 2).length === MANY);
  await until(() => limited().length === MANY - 5);
  for (const attacker of attackers) attacker.destroy();
});

test('what a gateway left that runs no more is served by the first', async t => {
  const { house, gateways, start, connect } = await twoGateways(t, polite);
  while (openedIn(house, 2).length === 0) {
    const attacker = await connect('server');
    attacker.end('x');
    await readAll(attacker);
  }
  const ids = openedIn(house, 2).map(({ id }) => id);
  for (const gateway of gateways) await gateway.stop();
  await start(1, 1);
  const seen: Fact[] = [];
  const reader = readSpool({
    socketPath: house.config.layout.gateways[1]?.socket ?? '',
    from: null,
    onStart: () => {},
    onFacts: async facts => void seen.push(...facts.map(({ fact }) => fact)),
    onState: () => {},
  });
  t.after(() => reader.stop());
  await until(() => seen.at(-1)?.kind === 'beat' && seen.filter(({ kind }) => kind === 'started').length === 2);
  assert.deepEqual(
    seen.flatMap(fact => (fact.kind === 'open' ? fact.id : [])),
    ids,
  );
});

/** RFC 8446 §5.1. */
function record(body: string): Buffer {
  return Buffer.concat([Buffer.from([APPLICATION_DATA, 3, 3, 0, body.length]), Buffer.from(body)]);
}
