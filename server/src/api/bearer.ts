import { PinataError } from '../errors.ts';
import { isClaimToken } from '../trust/claim-tag.ts';

const BEARER = /^Bearer +(\S+)$/i;

/** The claim token of an `Authorization` header (RFC 6750 §2.1). Throws CLAIM_MISSING where there is none that could be one. */
export function claimTokenOf(authorization: string | undefined): string {
  const token = authorization?.match(BEARER)?.[1]?.toLowerCase() ?? '';
  if (!isClaimToken(token)) throw new PinataError('CLAIM_MISSING');
  return token;
}
