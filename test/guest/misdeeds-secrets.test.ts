import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { encodePreface, readyPrefaceKey } from '../../server/src/gateway/preface.ts';
import { type PracticeAuthority, practiceAuthority } from '../../server/src/keys/practice-authority.ts';
import { releaseDocument } from '../../server/src/keys/release-document.ts';
import { encodeWif, newSecretKey, type SecretKey, xOnly } from '../../server/src/keys/secret-key.ts';
import type { Provider } from '../../server/src/supervisor/provider.ts';
import { until } from '../../server/src/supervisor/until.fixture.ts';
import { encodeHostFrame } from '../../server/src/wire/channel-host.ts';
import { newAttemptId, nowMicros } from '../../server/src/wire/ids.ts';
import { GUEST_SERVER_PORT } from '../../server/src/wire/targets.ts';
import { assertDied, FAULT, MisdeedMachine, PAGE, PLACED_FROM } from './misdeeds-machine.ts';
import { anyRoot, type Served } from './one-boot.ts';

// Where a guest's keys are: the heap key in ordinary memory, the vault key nowhere that the guest can read.

/** As much of a key's text as there is room to ask for. */
const WIF_SEARCHED = 40;

const machine = new MisdeedMachine();
let authority: PracticeAuthority;

before(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-practice-'));
  authority = await practiceAuthority(join(folder, 'authority'));
  rmSync(folder, { recursive: true });
});

test('the vault cannot be read outside its two functions, and is elsewhere at each boot', async () => {
  const faults = [
    await machine.pageFault('read the vault', FAULT.absent),
    await machine.pageFault('read the vault', FAULT.absent),
  ];
  const [one = 0, other = 0] = faults.map(({ address }) => address);
  assert.ok(one >= PLACED_FROM && other >= PLACED_FROM, `${one}, ${other}`);
  assert.notEqual(one, other);
});

test('the vault cannot be written outside its two functions', async () => {
  const { address } = await machine.pageFault('write to the vault', FAULT.write);
  assert.ok(address >= PLACED_FROM, String(address));
});

test('the memory of the vault is not at its own address either', async () => {
  const { address } = await machine.pageFault("read the vault's memory", FAULT.absent);
  assert.equal(address, machine.image.symbol('vault_pages'));
});

test('on both sides of the vault is an absent page', async () => {
  assert.equal((await machine.pageFault('read below the vault', FAULT.absent)).address % PAGE, PAGE - 1);
  assert.equal((await machine.pageFault('read past the vault', FAULT.absent)).address % PAGE, 0);
});

/** Gives a guest these two keys, and a document that says so. */
function giving(vault: SecretKey, heap: SecretKey): Provider {
  const keys = [
    { role: 'vault', key: vault },
    { role: 'heap', key: heap },
  ] as const;
  return {
    prepare: (order, channel) => ({
      give: async seq => {
        const { target, bootId, limits, prefaceKey, authority } = order;
        const image = Uint8Array.from(Buffer.from(order.imageSha256, 'hex'));
        const clock = { wall: nowMicros(), tscKhz: 0 };
        const document = releaseDocument(vault, order);
        const provision = { target, bootId, image, ...clock, limits, prefaceKey, document, keys: [...keys], authority };
        channel.write(encodeHostFrame(seq, { type: 'provision', provision }));
        return {
          keys: keys.map(({ role, key }) => ({ role, xOnly: Buffer.from(xOnly(key)).toString('hex') })),
          prize: null,
        };
      },
      abandon: () => {},
    }),
  };
}

/** The document, as whoever holds the practice certificates gets it. */
async function getDocument({ address, prefaceKey }: Served, { credentials }: PracticeAuthority): Promise<string> {
  const socket = connect(address.serverPorts[0] ?? 0, address.host);
  await once(socket, 'connect');
  socket.write(encodePreface(newAttemptId(nowMicros()), GUEST_SERVER_PORT, readyPrefaceKey(prefaceKey)));
  const own = { ca: credentials['ca.pem'], cert: credentials['client.pem'], key: credentials['client.key'] };
  return text(tlsConnect({ socket, servername: 'pinata', ...own }));
}

interface Found {
  inHeap: number;
  elsewhere: number;
  why: string;
}

/** Has a guest release and prove, then look for something in all that it can read. */
async function search(of: (keys: { vault: SecretKey; heap: SecretKey }) => Uint8Array): Promise<Found> {
  const keys = { vault: newSecretKey(), heap: newSecretKey() };
  const life = await machine.doing(`search for ${Buffer.from(of(keys)).toString('hex')}`, {
    provider: giving(keys.vault, keys.heap),
    authority,
    whenServing: async served => {
      assert.match(await getDocument(served, authority), /^pinata release 1\n/);
      await until(() => served.told.includes('closed'));
      await served.guest.prove(anyRoot());
    },
  });
  const why = assertDied(life);
  const [, inHeap, elsewhere] = /^panic: (\d+) in the heap, (\d+) elsewhere/.exec(why) ?? [];
  return { inHeap: Number(inHeap), elsewhere: Number(elsewhere), why };
}

test('the heap key is in the ordinary heap', async () => {
  const { inHeap, why } = await search(({ heap }) => heap);
  assert.ok(inHeap > 0, why);
});

test('the vault key is nowhere that the guest can read, also after it has signed', async () => {
  const { inHeap, elsewhere, why } = await search(({ vault }) => vault);
  assert.deepEqual([inHeap, elsewhere], [0, 0], why);
});

test('nothing of a document that was released is left where the guest can read', async () => {
  const { inHeap, elsewhere, why } = await search(({ vault }) =>
    Buffer.from(encodeWif(vault, 'regtest').slice(0, WIF_SEARCHED)),
  );
  assert.deepEqual([inHeap, elsewhere], [0, 0], why);
});
