import { applyBootFacts, type BootFact } from '../../store/boots.ts';
import { type BootId, newUuidV7 } from '../../wire/ids.ts';
import type { TestDatabase } from './test-database.ts';

const CREDENTIALS = {
  'ca.pem': 'ca',
  'client.pem': 'client',
  'client.key': 'client key',
  'server.pem': 'server',
  'server.key': 'server key',
};
export const IMAGE_SHA256 = 'ab'.repeat(32);
export const CA_DER = Buffer.from('a certificate, as far as the api looks');
export const CRASH_DETAIL = 'panic: the exact place';

/** Makes a target by letting it boot, through the real store. `at` is microseconds. */
export async function bootTarget(
  database: TestDatabase,
  target: 'prize' | 'practice',
  options: { at?: number; end?: 'crash' } = {},
): Promise<BootId> {
  const at = options.at ?? Date.now() * 1000;
  const bootId = newUuidV7(Math.floor(at / 1000));
  const facts: BootFact[] = [
    {
      kind: 'boot',
      t: at,
      target,
      bootId,
      reason: 'start',
      imageSha256: IMAGE_SHA256,
      accelerator: 'tcg',
      qemuVersion: '7.2.22',
      qemuSha256: 'cd'.repeat(32),
      argvSha256: 'ef'.repeat(32),
      memoryMiB: 64,
    },
    {
      kind: 'ready',
      t: at + 250_000,
      target,
      bootId,
      authority: target === 'prize' ? 'born' : 'given',
      ca: CA_DER.toString('base64'),
      server: Buffer.from('server').toString('base64'),
      client: Buffer.from('client').toString('base64'),
      keys: [{ role: 'vault', xOnly: '11'.repeat(32) }],
      bootUs: 250_000,
      limits: {
        placesServer: 24,
        placesClient: 8,
        handshakeMs: 20_000,
        releaseMs: 10_000,
        bytesBeforeAuthentication: 65_536,
        chainMax: 8,
        signaturesMax: 1_000_000,
      },
      prize:
        target === 'prize'
          ? {
              network: 'regtest',
              address: 'bcrt1p',
              descriptor: 'tr()',
              internalKey: '22'.repeat(32),
              outputKey: '33'.repeat(32),
            }
          : null,
      credentials: target === 'practice' ? CREDENTIALS : null,
    },
  ];
  if (options.end) {
    facts.push({ kind: 'end', t: at + 5_000_000, target, bootId, reason: options.end, detail: CRASH_DETAIL });
  }
  await applyBootFacts(database.owner.prisma, facts);
  return bootId;
}
