import type { Case } from '../case.ts';
import { type Found, found } from './attack-class.ts';
import type { Look } from './look.ts';
import { descriptionOf } from './presented.ts';

const OLD_DIGEST = /md2|md4|md5|sha-?1(?!\d)/i;
const RSA_MIN_BITS = 2048;
const CURVE_MIN_BITS = 224;
const INTERMEDIATES_MAX = 6;
const CHAIN_MAX_BYTES = 32_768;
const SAME_NAME_MIN = 4;

/** The verifier found nobody whom we trust behind it. */
export function isUntrusted({ fault }: Look): boolean {
  return fault === 'unknown_issuer' || fault === 'bad_signature';
}

/** The certificate is the one that the target itself shows on such a connection: all that can be copied off the wire. */
export function isReflected({ guest, evidence }: Case): boolean {
  const leaf = guest.certificate?.chain[0];
  if (leaf === undefined || evidence.ready === null) return false;
  return leaf === (evidence.open.guestRole === 'server' ? evidence.ready.server : evidence.ready.client);
}

/** Some certificate of the chain claims to be issued by our authority, or to be it, and is not one of ours. */
export function namesOurAuthority({ c, chain }: Look): boolean {
  const { ready } = c.evidence;
  if (ready === null || chain.length === 0) return false;
  const ours = descriptionOf(ready.ca)?.subject;
  const foreign = chain.filter(({ der }) => ![ready.ca, ready.server, ready.client].includes(der));
  return ours !== undefined && foreign.some(({ description }) => description?.issuer === ours);
}

/** The leaf says of itself that it is an authority, or the verifier does. */
export function isAuthority({ chain, c }: Look): boolean {
  return chain[0]?.description?.isAuthority === true || /CaUsedAsEndEntity/.test(c.guest.chainRejected ?? '');
}

/** The first certificate whose signature or key is too weak. */
export function weak({ chain }: Look): Found | null {
  for (const { description } of chain) {
    const { signatureAlgorithm, keyType, keyBits } = description ?? {};
    if (signatureAlgorithm && OLD_DIGEST.test(signatureAlgorithm)) return { text: signatureAlgorithm, at: null };
    const min = keyType === 'ec' ? CURVE_MIN_BITS : RSA_MIN_BITS;
    if (keyBits && keyBits < min) return { text: `a key of ${keyBits} bits (${keyType})`, at: null };
  }
  return null;
}

/** What makes a chain long to check. */
export function chainBomb({ c, chain }: Look): Found | null {
  const count = c.guest.certificate?.count ?? 0;
  if (count > 1 + INTERMEDIATES_MAX) return { text: `${count} certificates`, at: null };
  const bytes = chain.reduce((sum, { der }) => sum + Buffer.byteLength(der, 'base64'), 0);
  if (bytes > CHAIN_MAX_BYTES) return { text: `${bytes} bytes of certificates`, at: null };
  const names = chain.map(({ description }) => description?.subject);
  const most = Math.max(0, ...names.map(name => names.filter(other => name !== undefined && other === name).length));
  if (most >= SAME_NAME_MIN) return { text: `${most} certificates of one name`, at: null };
  const reason = c.guest.chainRejected ?? '';
  const isLimit = c.guest.limit === 'chain' || /ChainTooLong|AmbiguousIssuer|Maximum\w+Exceeded/.test(reason);
  return found(isLimit, `the guest: ${reason || 'its limit of the chain'}`);
}
