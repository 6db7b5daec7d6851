import { FALLBACK_SCSV } from '../../tls/cipher-suite.ts';
import { withoutGrease } from '../../tls/grease.ts';
import type { Anomaly } from '../../tls/observation.ts';
import { Extension, Version } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { ciphersPlace, extensionPlace, helloPlace, versionPlace } from './hello-place.ts';
import { anomaly, bestVersion, hex4, type Look } from './look.ts';

/** What DROWN needs of SSL 2.0, export suites and single DES: SSL_CK_RC4_128_EXPORT40, SSL_CK_RC2_128_CBC_EXPORT40, SSL_CK_DES_64. */
const SSL2_EXPORT: ReadonlySet<number> = new Set([0x020080, 0x040080, 0x060040]);
/** Drafts of TLS 1.3, which were on the wire for years. */
const DRAFT_13 = 0x7f;

/** Which versions of the protocol are asked for. */
export const VERSIONS: readonly AttackClass[] = [
  {
    id: 'C01_sslv2_hello_drown',
    title: 'SSL 2.0 hello',
    explanation: 'Offers SSL 2.0, with whose help sessions of newer versions under the same RSA key can be decrypted.',
    severity: 'probe',
    reference: 'CVE-2016-0800',
    confidence: 1,
    needs: 'wire',
    rule: look => ssl2(look, anomaly(look, 'sslv2_hello')),
  },
  {
    id: 'C03_sslv3_poodle_probe',
    title: 'SSL 3.0 hello',
    explanation: 'Offers nothing newer than SSL 3.0, whose padding can be used as an oracle.',
    severity: 'probe',
    reference: 'CVE-2014-3566',
    confidence: 1,
    needs: 'wire',
    rule: look => found(bestVersion(look) === Version.ssl3, 'best version offered is 0x0300', versionPlace(look)),
  },
  {
    id: 'C06_fallback_scsv',
    title: 'Fallback signal',
    explanation: 'Says that it fell back to an older version, as is done to see whether downgrades are noticed.',
    severity: 'probe',
    reference: 'RFC 7507',
    confidence: 1,
    needs: 'wire',
    rule: look =>
      found(
        look.hello?.ciphers.includes(FALLBACK_SCSV) === true,
        'TLS_FALLBACK_SCSV',
        ciphersPlace(look, FALLBACK_SCSV),
      ),
  },
  {
    id: 'C05_version_intolerance_probe',
    title: 'Version that does not exist',
    explanation: 'Offers a version that was never made, to see whether the server fails over it.',
    severity: 'probe',
    reference: 'RFC 8446 §4.1.2 and §4.2.1',
    confidence: 0.9,
    needs: 'wire',
    rule: intolerance,
  },
  {
    id: 'C02_sslv2_compatible_hello',
    title: 'Hello in the form of SSL 2.0',
    explanation: 'Asks for a newer version in the form of an SSL 2.0 hello.',
    severity: 'probe',
    reference: 'RFC 6176 §3',
    confidence: 1,
    needs: 'wire',
    rule: look => ssl2(look, anomaly(look, 'sslv2_compatible_hello')),
  },
];

/** Stands apart because nearly everything else that an old hello says is more specific. */
export const LEGACY: readonly AttackClass[] = [
  {
    id: 'C04_legacy_tls_probe',
    title: 'Older TLS',
    explanation: 'Offers TLS 1.2 or older, but not TLS 1.3.',
    severity: 'probe',
    reference: 'RFC 8996, RFC 9325 §3.1.1',
    confidence: 1,
    needs: 'wire',
    rule: legacy,
  },
];

function ssl2(look: Look, seen: Anomaly | null): Found | null {
  if (seen === null) return null;
  const { ssl2: hello } = look.seen;
  const weak = (hello?.ciphers ?? []).filter(cipher => SSL2_EXPORT.has(cipher)).length;
  const text =
    hello === null ? 'begins as one' : `version ${hex4(hello.version)}, ${hello.ciphers.length} ciphers, ${weak} weak`;
  return { text, at: helloPlace(look) ?? { dir: 'in', offset: 0, length: look.start.length } };
}

function intolerance(look: Look): Found | null {
  const { hello } = look;
  if (hello === null) return null;
  const listed = withoutGrease(hello.supportedVersions).find(isInvented);
  if (listed !== undefined) {
    return { text: `supported_versions has ${hex4(listed)}`, at: extensionPlace(look, Extension.supportedVersions) };
  }
  const { legacyVersion } = hello;
  return found(legacyVersion > Version.tls12, `legacy_version is ${hex4(legacyVersion)}`, versionPlace(look));
}

function isInvented(version: number): boolean {
  return (version > Version.tls13 && version >> 8 !== DRAFT_13) || version < Version.ssl3;
}

function legacy(look: Look): Found | null {
  const best = bestVersion(look);
  const older = best !== null && best > Version.ssl3 && best < Version.tls13;
  const listed = look.hello?.supportedVersions.length ? extensionPlace(look, Extension.supportedVersions) : null;
  return found(older, `best version offered is ${hex4(best ?? 0)}`, listed ?? versionPlace(look));
}
