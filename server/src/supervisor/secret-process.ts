import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { PinataError } from '../errors.ts';
import { makeSecretFile, readSecretFile } from '../keys/secret-file.ts';
import { newSecretKey } from '../keys/secret-key.ts';
import { newUuidV7 } from '../wire/ids.ts';
import { type BootOrder, makeProvisioning, newPrefaceKey } from './provisioning.ts';
import { fromWire, type Go, type SecretAnswer, type SecretOrder } from './secret-order.ts';

/**
 * The one program that reads the secret. It lives for the moment of one provisioning: strings and numbers of a JavaScript heap cannot
 * be zeroed, so the whole process ends instead, and the supervisor never has the key in its own memory. Orders come on standard
 * input; a provision goes straight to the guest's channel, which is descriptor 3.
 */
const CHANNEL_FD = 3;

/** A boot that never takes place. */
const REHEARSAL: BootOrder = {
  target: 'rehearsal',
  prize: true,
  network: 'regtest',
  publicUrl: '',
  limits: {
    ...{ placesServer: 0, placesClient: 0, handshakeMs: 0, releaseMs: 0 },
    ...{ bytesBeforeAuthentication: 0, chainMax: 0, signaturesMax: 0 },
  },
  bootId: newUuidV7(0),
  imageSha256: '',
  prefaceKey: newPrefaceKey(),
  authority: null,
};

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// Started ahead of its order, it has time to run through all of it with a key that nobody keeps: the code is then compiled.
if (process.argv.includes('ahead')) makeProvisioning(REHEARSAL, newSecretKey()).frame(0);

try {
  const order = await nextLine<SecretOrder>();
  if (order) answer(order.kind === 'check' ? check(order) : await provide(order));
} catch (error) {
  if (!(error instanceof PinataError)) throw error;
  answer({ error: { code: error.code, details: error.details } });
}
process.exit();

function check({ file, network, make }: Extract<SecretOrder, { kind: 'check' }>): SecretAnswer {
  if (make) makeSecretFile(file);
  readSecretFile(file, network).fill(0);
  return { checked: true };
}

async function provide({ file, boot }: Extract<SecretOrder, { kind: 'provide' }>): Promise<SecretAnswer> {
  const provisioning = makeProvisioning(fromWire(boot), readSecretFile(file, boot.network));
  const go = await nextLine<Go>();
  // The supervisor has closed its end: the guest is gone.
  if (!go) process.exit();
  await send(provisioning.frame(go.seq));
  return { given: provisioning.given };
}

/** A guest that does not read is waited for, until the supervisor ends it. */
function send(frame: Uint8Array): Promise<void> {
  // Never ended: that would be the end of the supervisor's channel too.
  const channel = new Socket({ fd: CHANNEL_FD, readable: false });
  return new Promise((resolve, reject) => {
    channel.once('error', reject);
    channel.write(frame, () => resolve());
  });
}

async function nextLine<T>(): Promise<T | null> {
  const { value, done } = await lines.next();
  return done ? null : (JSON.parse(value) as T);
}

function answer(said: SecretAnswer): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}
