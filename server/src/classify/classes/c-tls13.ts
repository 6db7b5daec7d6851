import { withoutGrease } from '../../tls/grease.ts';
import { Extension, Version } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { extensionPlace } from './hello-place.ts';
import { hex4, type Look, offeredVersions } from './look.ts';

/** RFC 8446 §4.2.11: a binder is an HMAC of the suite's hash; SHA-256 or SHA-384. */
const BINDER_BYTES: ReadonlySet<number> = new Set([32, 48]);

const FLAWS = {
  length: 'has another length than the group',
  format: 'is not an uncompressed point',
  low_order: 'is a point of small order',
  repeated: 'names its group again',
} as const;

/** What matters in TLS 1.3: shares, early data and pre-shared keys. */
export const TLS13: readonly AttackClass[] = [
  {
    id: 'C27_key_share_anomaly',
    title: 'Impossible key share',
    explanation:
      'Sends a key share that cannot be one: wrong length, wrong form, or a point that gives the secret away.',
    severity: 'attack',
    reference: 'RFC 8446 §4.2.8, RFC 7748 §6.1',
    confidence: 1,
    needs: 'wire',
    rule: badShare,
  },
  {
    id: 'C29_psk_anomaly',
    title: 'Impossible pre-shared key',
    explanation:
      'Offers a pre-shared key in a form that no client would: without modes, without binders, or not at the end.',
    severity: 'attack',
    reference: 'RFC 8446 §4.2.9 and §4.2.11',
    confidence: 1,
    needs: 'wire',
    rule: badPsk,
  },
  {
    id: 'C26_early_data_without_psk',
    title: 'Early data without a key',
    explanation: 'Announces early data without the pre-shared key that would protect it.',
    severity: 'attack',
    reference: 'RFC 8446 §4.2.10',
    confidence: 1,
    needs: 'wire',
    rule: look =>
      found(
        look.hello?.earlyData === true && !look.hello.psk,
        'early_data without pre_shared_key',
        extensionPlace(look, Extension.earlyData),
      ),
  },
  {
    id: 'C28_hello_retry_forcing',
    title: 'Forced second hello',
    explanation: 'Offers groups but no share of any, so that the server must ask for another hello.',
    severity: 'probe',
    reference: 'RFC 8446 §4.1.4 and §4.2.8',
    confidence: 0.9,
    needs: 'wire',
    rule: noShare,
  },
];

function badShare(look: Look): Found | null {
  const { hello, answer, seen } = look;
  const bad = hello?.shares.find(({ flaw }) => flaw !== null);
  if (bad?.flaw) {
    return { text: `the share of ${hex4(bad.group)} ${FLAWS[bad.flaw]}`, at: extensionPlace(look, Extension.keyShare) };
  }
  const { share } = answer ?? {};
  if (!share?.flaw) return null;
  const offset = seen.hello?.starts[0]?.stream ?? 0;
  const at = { dir: 'in', offset, length: seen.hello?.bytes ?? 0 } as const;
  return { text: `the share of ${hex4(share.group)} ${FLAWS[share.flaw]}`, at };
}

function badPsk(look: Look): Found | null {
  const { hello } = look;
  if (!hello?.psk) return null;
  const offer = hello.pskOffer;
  const at = extensionPlace(look, Extension.preSharedKey);
  if (offer === null) return { text: 'the extension does not parse', at };
  if (!offer.isLast) return { text: 'it is not the last extension', at };
  if (!hello.extensions.includes(Extension.pskKeyExchangeModes)) return { text: 'no psk_key_exchange_modes', at };
  if (offer.identities !== offer.binders)
    return { text: `${offer.identities} identities, ${offer.binders} binders`, at };
  if (offer.shortestIdentity === 0) return { text: 'an empty identity', at };
  const odd = offer.binderLengths.find(length => !BINDER_BYTES.has(length));
  return found(odd !== undefined, `a binder of ${odd} bytes`, at);
}

function noShare(look: Look): Found | null {
  const { hello } = look;
  if (hello === null || !offeredVersions(look).includes(Version.tls13)) return null;
  const offered = hello.extensions.includes(Extension.keyShare) && withoutGrease(hello.groups).length > 0;
  const none = withoutGrease(hello.keyShares).length === 0;
  return found(offered && none, 'key_share is empty', extensionPlace(look, Extension.keyShare));
}
