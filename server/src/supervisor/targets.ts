import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { PinataError } from '../errors.ts';
import { parseNetwork } from '../keys/network.ts';
import { practiceAuthority } from '../keys/practice-authority.ts';
import type { GuestLimits } from '../wire/facts.ts';
import { checkSecret, SecretProvider } from './secret-provider.ts';
import type { TargetPlan } from './target-plan.ts';

/** Enforced by the guest, published as they are (`pinata-image/channel.cddl`, limits). */
export const GUEST_LIMITS: GuestLimits = Object.freeze({
  placesServer: 64,
  placesClient: 16,
  handshakeMs: 20_000,
  releaseMs: 10_000,
  // A handshake message may be 64 KiB; the rest is for its records' headers and the messages around it.
  bytesBeforeAuthentication: 96 << 10,
  chainMax: 8,
  // About twice what a guest can sign in the day that it lives.
  signaturesMax: 50_000_000,
});

/**
 * The two targets. Makes what an installation needs at its first start: a demo key for `prize` unless a real one is given, a
 * worthless key and a published authority for `practice`. Each key is read once here, so that a bad file is an error at start.
 * Throws SECRET_MISSING, SECRET_UNSAFE, SECRET_INVALID, SECRET_SHARED_UID, CONFIG_INVALID.
 */
export async function planTargets({ settings, layout }: Config, ownUsers: boolean): Promise<TargetPlan[]> {
  const given = settings.PINATA_PRIZE_SECRET;
  if (given && !ownUsers && !settings.PINATA_ALLOW_SHARED_UID) throw new PinataError('SECRET_SHARED_UID');
  mkdirSync(layout.secrets, { recursive: true, mode: 0o700 });
  const prizeFile = given || join(layout.secrets, 'prize.key');
  const practiceFile = join(layout.secrets, 'practice.key');
  const network = parseNetwork(settings.PINATA_NETWORK);
  const cache = join(layout.supervisor, 'compiled');
  const [authority] = await Promise.all([
    practiceAuthority(join(layout.secrets, 'practice-authority')),
    checkSecret(prizeFile, network, !given && isFirstStart(layout.supervisor), cache),
    checkSecret(practiceFile, 'regtest', true, cache),
  ]);

  const publicUrl = settings.PINATA_PUBLIC_URL || `http://${settings.PINATA_HOST}:${settings.PINATA_HTTP_PORT}`;
  const common = { publicUrl: publicUrl.replace(/\/+$/, ''), limits: GUEST_LIMITS };
  return [
    {
      ...common,
      name: 'prize',
      place: 0,
      prize: true,
      network,
      provider: new SecretProvider(prizeFile, cache),
      authority: null,
    },
    {
      ...common,
      name: 'practice',
      place: 1,
      prize: false,
      // Nobody funds a key of a test network on somebody's own machine by mistake.
      network: 'regtest',
      provider: new SecretProvider(practiceFile, cache),
      authority,
    },
  ];
}

/**
 * A demo key is made at the very first start alone. Once the supervisor has recorded anything, a missing key is an error: a
 * new one in its place would quietly change the address that everybody watches.
 */
function isFirstStart(recorded: string): boolean {
  return !existsSync(join(recorded, 'spool'));
}
