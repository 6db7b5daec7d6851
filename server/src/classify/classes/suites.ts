import { type CipherSuite, cipherSuite, FALLBACK_SCSV, RENEGOTIATION_SCSV } from '../../tls/cipher-suite.ts';
import { isGrease } from '../../tls/grease.ts';
import { type Found, found } from './attack-class.ts';
import { ciphersPlace } from './hello-place.ts';
import type { Look } from './look.ts';

/** A suite that a hello offers; null where the registry does not know it. */
export interface Offered {
  code: number;
  suite: CipherSuite | null;
}

/** Tells whether a suite is of some kind. */
export type SuiteTest = (suite: CipherSuite) => boolean;

/** The suites of a list, without signalling values and GREASE. */
export function offeredSuites(ciphers: readonly number[]): Offered[] {
  const offered: Offered[] = [];
  for (const code of ciphers) {
    if (isGrease(code) || code === RENEGOTIATION_SCSV || code === FALLBACK_SCSV) continue;
    offered.push({ code, suite: cipherSuite(code) ?? null });
  }
  return offered;
}

/** The hello offers at least one suite of a kind; the first is named. */
export function offersAny(look: Look, test: SuiteTest): Found | null {
  const first = look.suites.find(({ suite }) => suite !== null && test(suite));
  return first ? { text: `offers ${nameOf(first)}`, at: ciphersPlace(look, first.code) } : null;
}

/** Every suite that the hello offers is of a kind. */
export function offersOnly(look: Look, test: SuiteTest): Found | null {
  const { suites } = look;
  const [first] = suites;
  if (!first || !suites.every(({ suite }) => suite !== null && test(suite))) return null;
  return found(true, `nothing but ${suites.length} of them, as ${nameOf(first)}`, ciphersPlace(look));
}

function nameOf({ code, suite }: Offered): string {
  return suite?.name ?? `0x${code.toString(16).padStart(4, '0')}`;
}
