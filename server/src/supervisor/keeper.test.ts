import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { schnorr } from '@noble/curves/secp256k1.js';
import { pino } from 'pino';
import { PinataError } from '../errors.ts';
import { verifyProof } from '../keys/proof.ts';
import { newSecretKey } from '../keys/secret-key.ts';
import type { Spool } from '../spool/spool.ts';
import type { Fact } from '../wire/facts.ts';
import type { TargetState } from '../wire/targets.ts';
import { sha256Hex } from './digest.ts';
import { Keeper } from './keeper.ts';
import type { Provider } from './provider.ts';
import { type BootOrder, makeProvisioning, newPrefaceKey } from './provisioning.ts';
import { Recorder } from './recorder.ts';
import { type Script, ScriptedHypervisor } from './scripted-guest.fixture.ts';
import type { TargetPlan } from './target-plan.ts';
import { GUEST_LIMITS } from './targets.ts';
import { until } from './until.fixture.ts';

const IMAGE = { bytes: new Uint8Array(4), sha256: sha256Hex(new Uint8Array(4)) };
const ATTEMPT = Uint8Array.from(Buffer.from('0190a2b4000070008000000000000001', 'hex'));
const event = (detail: Record<string, unknown>) => ({ id: ATTEMPT, us: 1, ...detail });

interface Setup {
  keeper: Keeper;
  hypervisor: ScriptedHypervisor;
  facts: Fact[];
  states: TargetState[];
  handedOut: string[];
  room: { left: boolean; any: boolean };
  /** A path here stands for a file that has gone. */
  secret: { path: string | null };
  /** Lines of the operator's log. */
  logged: string[];
}

/** A keeper over scripted guests, with its facts in a list. */
function setup(t: TestContext, script?: (boot: number) => Script, plannedRestartMs = 3_600_000): Setup {
  const hypervisor = new ScriptedHypervisor(script);
  const facts: Fact[] = [];
  const states: TargetState[] = [];
  const handedOut: string[] = [];
  const room = { left: true, any: true };
  const secret: Setup['secret'] = { path: null };
  const logged: string[] = [];
  const spool: Spool = {
    epoch: '',
    append: fact => void facts.push(fact),
    flush: () => true,
    flushed: async () => true,
    hasRoom: bytes => (bytes === 0 ? room.any : room.left),
    reserve: () => null,
    serve: async () => {},
    close: async () => {},
  };
  const recorder = new Recorder(spool);
  const key = newSecretKey();
  // The scripted machine's channel is no descriptor that a process of its own could be given.
  const provider: Provider = {
    prepare: (order, channel) => ({
      give: async seq => {
        await nextTurn();
        if (secret.path) throw new PinataError('SECRET_MISSING', { path: secret.path });
        handedOut.push(order.bootId);
        const provisioning = makeProvisioning(order, Uint8Array.from(key));
        channel.write(provisioning.frame(seq));
        return provisioning.given;
      },
      abandon: () => {},
    }),
  };
  const publicUrl = 'http://127.0.0.1:8080';
  const plan: TargetPlan = {
    ...{ name: 'prize', place: 0, prize: true, network: 'regtest', publicUrl, limits: GUEST_LIMITS },
    ...{ provider, authority: null },
  };
  const keeper = new Keeper({
    plan,
    hypervisor,
    recorder,
    plannedRestartMs,
    readImage: async () => IMAGE,
    show: state => void states.push(state),
    log: pino({ level: 'error' }, { write: line => void logged.push(line) }),
  });
  t.after(async () => {
    await keeper.stop();
    recorder.stop();
  });
  return { keeper, hypervisor, facts, states, handedOut, room, secret, logged };
}

const kinds = (facts: Fact[]) => facts.map(({ kind }) => kind).filter(kind => kind !== 'beat');
const only = <K extends Fact['kind']>(facts: Fact[], kind: K) =>
  facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
const hasCode = (code: string) => (error: unknown) => error instanceof PinataError && error.code === code;

test('a boot is written down, then that it listens, and only then is it shown', async t => {
  const { keeper, facts, states } = setup(t);
  await keeper.start(5000);
  assert.deepEqual(kinds(facts), ['started', 'boot', 'ready']);
  const [boot] = only(facts, 'boot');
  const [ready] = only(facts, 'ready');
  assert.equal(boot?.reason, 'start');
  assert.equal(boot?.imageSha256, IMAGE.sha256);
  assert.match(ready?.prize?.address ?? '', /^bcrt1p/);
  assert.equal(ready?.prize?.internalKey, ready?.keys[0]?.xOnly);
  assert.equal(ready?.authority, 'born');
  assert.deepEqual(
    states.map(({ state }) => state),
    ['booting', 'ready'],
  );
  assert.equal(states.at(-1)?.guest?.bootId, boot?.bootId);
  assert.equal(Buffer.from(states.at(-1)?.guest?.prefaceKey ?? '', 'base64').length, 32);
  assert.equal(keeper.status().state, 'ready');
});

test('the secret is asked for anew at each boot', async t => {
  const { keeper, hypervisor, handedOut } = setup(t);
  await keeper.start(5000);
  hypervisor.last.crash('panic');
  await until(() => hypervisor.machines.length === 2 && keeper.status().state === 'ready');
  assert.equal(new Set(handedOut).size, 2);
  const document = hypervisor.last.provision?.get('document');
  assert.ok(document instanceof Uint8Array && Buffer.from(document).toString().startsWith('pinata release 1\n'));
});

test('the facts hold nothing of the secret', async t => {
  const { keeper, hypervisor, facts } = setup(t);
  await keeper.start(5000);
  const keys = hypervisor.last.provision?.get('keys');
  assert.ok(Array.isArray(keys));
  const text = JSON.stringify(facts);
  for (const key of keys) assert.ok(!text.includes(Buffer.from(key.get('key')).toString('hex')));
});

test('a crash is followed by a new boot at once, and by a rest from the third in a minute', async t => {
  const { keeper, hypervisor, facts, states } = setup(t);
  await keeper.start(5000);
  for (const boots of [2, 3]) {
    hypervisor.last.crash('panic', 'page fault');
    await until(() => hypervisor.machines.length === boots && keeper.status().state === 'ready');
  }
  assert.ok(!states.some(({ state }) => state === 'down'));
  hypervisor.last.crash('panic');
  await until(() => keeper.status().state === 'down');
  const ends = only(facts, 'end');
  assert.deepEqual(
    ends.map(({ reason }) => reason),
    ['crash', 'crash', 'crash'],
  );
  assert.equal(ends[0]?.detail, 'panic; last words: page fault');
  assert.deepEqual(
    only(facts, 'boot').map(({ reason }) => reason),
    ['start', 'crash', 'crash'],
  );
  assert.equal(new Set(only(facts, 'boot').map(({ bootId }) => bootId)).size, 3);
});

test('a request ends the guest and boots the next, a deaf guest too', async t => {
  const { keeper, hypervisor, facts } = setup(t, () => ({ deaf: true }));
  await keeper.start(5000);
  await keeper.restart();
  await until(() => hypervisor.machines.length === 2 && keeper.status().state === 'ready');
  assert.equal(only(facts, 'end')[0]?.reason, 'request');
  assert.equal(only(facts, 'boot')[1]?.reason, 'request');
  assert.equal(keeper.status().restarts, 1);
});

test('a planned restart comes by itself, and when a guest has used up its signatures', async t => {
  const timed = setup(t, () => ({}), 20);
  await timed.keeper.start(5000);
  await until(() => only(timed.facts, 'boot').some(({ reason }) => reason === 'planned'));

  const used = setup(t);
  await used.keeper.start(5000);
  used.hypervisor.last.say('event', { us: 1, kind: 'limit', which: 'signatures' });
  await until(() => only(used.facts, 'boot').some(({ reason }) => reason === 'planned'));
});

test('stopping ends the guest for good', async t => {
  const { keeper, hypervisor, facts, states } = setup(t);
  await keeper.start(5000);
  await keeper.stop();
  await keeper.stop();
  assert.equal(only(facts, 'end')[0]?.reason, 'host');
  assert.equal(states.at(-1)?.state, 'down');
  assert.equal(hypervisor.machines.length, 1);
});

test("a guest's events become facts, in order, and gaps and drops are counted", async t => {
  const { keeper, hypervisor, facts } = setup(t);
  await keeper.start(5000);
  const guest = hypervisor.last;
  guest.say('event', event({ kind: 'accepted', port: 10000 }));
  guest.say('event', event({ kind: 'closed', by: 'peer' }), 9);
  guest.say('lost', { count: 5 });
  await until(() => only(facts, 'lost').reduce((sum, { count }) => sum + count, 0) === 11);
  assert.deepEqual(
    only(facts, 'guest').map(({ id, seq, event }) => [id, seq, event]),
    [
      ['0190a2b4-0000-7000-8000-000000000001', 2, { us: 1, kind: 'accepted', port: 10000 }],
      ['0190a2b4-0000-7000-8000-000000000001', 9, { us: 1, kind: 'closed', by: 'peer' }],
    ],
  );
});

test('without room, events are counted as lost, a release is written, and the guest is read on', async t => {
  const { keeper, hypervisor, facts, room } = setup(t);
  await keeper.start(5000);
  room.left = false;
  for (let i = 0; i < 100; i++) hypervisor.last.say('event', event({ kind: 'client_hello' }));
  hypervisor.last.say('event', event({ kind: 'released', bytes: 900, self: false }));
  await until(() => only(facts, 'lost').reduce((sum, { count }) => sum + count, 0) === 100);
  assert.deepEqual(
    only(facts, 'guest').map(({ event }) => event.kind),
    ['released'],
  );
});

test('what was lost is told before the end of its boot, even where there is no room', async t => {
  const { keeper, hypervisor, facts, room } = setup(t);
  await keeper.start(5000);
  room.left = false;
  room.any = false;
  hypervisor.last.say('event', event({ kind: 'client_hello' }));
  hypervisor.last.say('event', event({ kind: 'released', bytes: 900, self: false }));
  await until(() => only(facts, 'guest').length === 1);
  hypervisor.last.crash('panic');
  await until(() => only(facts, 'end').length === 1);
  assert.deepEqual(
    facts.filter(({ kind }) => kind === 'lost' || kind === 'end').map(({ kind }) => kind),
    ['lost', 'end'],
  );
});

test('a flood is read more slowly, and none of it is lost here', async t => {
  const { keeper, hypervisor, facts } = setup(t);
  await keeper.start(5000);
  const guest = hypervisor.last;
  // Twice what is allowed in the first second, sent as fast as it can be.
  const count = 2000;
  const certificate = { kind: 'certificate', chain: [new Uint8Array(16_384)], sha256: new Uint8Array(32), count: 1 };
  let pauses = 0;
  guest.channel.on('pause', () => pauses++);
  for (let i = 0; i < count; i++) guest.say('event', event(certificate));
  await until(() => only(facts, 'guest').length === count);
  assert.ok(pauses > 0);
  assert.deepEqual(only(facts, 'lost'), []);
});

test('a proof verifies, and its fact is written', async t => {
  const { keeper, facts } = setup(t);
  await keeper.start(5000);
  const root = 'ab'.repeat(32);
  const proof = await keeper.prove(root);
  const key = only(facts, 'ready')[0]?.keys[0]?.xOnly ?? '';
  assert.equal(verifyProof(proof, { root, key }), null);
  assert.equal(only(facts, 'proof')[0]?.signature, proof.signature);
  const [one, other] = await Promise.all([keeper.prove('01'.repeat(32)), keeper.prove('02'.repeat(32))]);
  assert.notEqual(one.message, other.message);
});

test('a proof that does not verify is no proof, nor is one by another key', async t => {
  const other = newSecretKey();
  const byAnother = (body: Record<string, unknown>) => {
    const { message } = body;
    assert.ok(message instanceof Uint8Array);
    return { ...body, signature: schnorr.sign(message, other), key: schnorr.getPublicKey(other) };
  };
  for (const proof of [(body: Record<string, unknown>) => ({ ...body, signature: new Uint8Array(64) }), byAnother]) {
    const { keeper, facts } = setup(t, () => ({ proof }));
    await keeper.start(5000);
    await assert.rejects(keeper.prove('ab'.repeat(32)), hasCode('PROOF_INVALID'));
    assert.deepEqual(only(facts, 'proof'), []);
    const bootId = only(facts, 'boot')[0]?.bootId;
    assert.deepEqual(
      only(facts, 'proof_failed').map(fact => [fact.target, fact.bootId]),
      [['prize', bootId]],
    );
  }
});

test('a guest that breaks the rules is ended, and its keeper lives on', async t => {
  const misdeeds: [string, (guest: ScriptedHypervisor['last']) => void][] = [
    ['not CBOR', guest => guest.raw(Uint8Array.of(0xff))],
    ['a second hello', guest => guest.say('hello', { version: 1, image: '' })],
    ['a host message', guest => guest.say('provision', {})],
    ['an earlier sequence number', guest => guest.say('lost', { count: 1 }, 0)],
    ['an id that is none', guest => guest.say('event', { id: new Uint8Array(16), us: 1, kind: 'accepted', port: 1 })],
    ['a fault', guest => guest.say('fault', { reason: 'panic', location: 'x.rs:1' })],
  ];
  for (const [name, misdeed] of misdeeds) {
    const { keeper, hypervisor, facts } = setup(t);
    await keeper.start(5000);
    misdeed(hypervisor.last);
    await until(() => hypervisor.machines.length === 2 && keeper.status().state === 'ready');
    assert.equal(only(facts, 'end')[0]?.reason, 'crash', name);
  }
});

test('a guest that answers its provision wrongly never becomes ready', async t => {
  const wrong: Script[] = [
    { hello: body => ({ ...body, version: 2 }) },
    { ready: body => ({ ...body, boot: ATTEMPT }) },
    { ready: body => ({ ...body, authority: 'given' }) },
  ];
  for (const script of wrong) {
    const { keeper, facts } = setup(t, boot => (boot === 0 ? script : {}));
    await keeper.start(5000);
    assert.deepEqual(kinds(facts), ['started', 'boot', 'end', 'boot', 'ready']);
  }
});

test('a first guest that never gets ready is an error that says why', async t => {
  const { keeper } = setup(t, () => ({ hello: body => ({ ...body, version: 2 }) }));
  await assert.rejects(
    keeper.start(200),
    (error: unknown) => hasCode('GUEST_PROVISION_FAILED')(error) && /version is 2/.test(String(error)),
  );
});

test('a secret that cannot be read is told to the public by its code alone, to the operator in full, and tried again', async t => {
  const { keeper, hypervisor, facts, secret, logged } = setup(t);
  await keeper.start(5000);
  secret.path = '/nowhere/prize.key';
  hypervisor.last.crash('panic');
  await until(() => only(facts, 'end').length === 2);
  assert.equal(only(facts, 'end')[1]?.detail, 'SECRET_MISSING');
  assert.ok(logged.some(line => line.includes('/nowhere/prize.key')));
  secret.path = null;
  await until(() => keeper.status().state === 'ready');
});

test('prize is never given an authority', () => {
  const none = new Uint8Array();
  const order: BootOrder = {
    ...{ target: 'prize', prize: true, network: 'regtest' as const, publicUrl: '', limits: GUEST_LIMITS },
    ...{ bootId: '0190a2b4-0000-7000-8000-000000000000', imageSha256: IMAGE.sha256, prefaceKey: newPrefaceKey() },
    authority: { ca: none, server: none, client: none, serverKey: none, clientKey: none },
  };
  assert.throws(() => makeProvisioning(order, newSecretKey()), hasCode('AUTHORITY_GIVEN_TO_PRIZE'));
});
