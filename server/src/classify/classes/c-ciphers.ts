import { type AttackClass, type Found, found } from './attack-class.ts';
import { compressionPlace } from './hello-place.ts';
import type { Look } from './look.ts';
import { offersAny, offersOnly } from './suites.ts';

/** Which algorithms are asked for. The names in the tests are those of the registry: before `_WITH_` the key exchange. */
export const CIPHERS: readonly AttackClass[] = [
  of('C07_freak', 'probe', 'CVE-2015-0204', {
    title: 'FREAK',
    explanation: 'Offers export ciphers only, among them RSA with keys that can be factored in hours.',
    rule: look => exportOnly(look, /^RSA_EXPORT/),
  }),
  of('C08_logjam', 'probe', 'CVE-2015-4000', {
    title: 'Logjam',
    explanation: 'Offers export ciphers only, among them Diffie-Hellman in groups whose logarithms can be computed.',
    rule: look => exportOnly(look, /^DHE?_.*EXPORT/),
  }),
  of('C13_robot', 'probe', 'CVE-2017-13099, RFC 7457 §2.7', {
    title: 'RSA key exchange only',
    explanation: 'Offers nothing but RSA key exchange, as the search for padding oracles does.',
    rule: look => offersOnly(look, ({ exchange }) => exchange === 'RSA'),
  }),
  of('C15_static_dh_kci', 'probe', 'CVE-2015-8960', {
    title: 'Static Diffie-Hellman only',
    explanation: 'Offers nothing but fixed Diffie-Hellman keys, with which a stolen key impersonates the other side.',
    rule: look => offersOnly(look, ({ exchange }) => /^(DH|ECDH)_(RSA|DSS|ECDSA)$/.test(exchange)),
  }),
  of('C14_dhe_only', 'probe', 'CVE-2002-20001, CVE-2020-1968', {
    title: 'Finite fields only',
    explanation:
      'Offers nothing but ephemeral Diffie-Hellman in finite fields, to tire the server or to find keys that it uses again.',
    rule: look => offersOnly(look, ({ exchange }) => /^DHE_(RSA|DSS)$/.test(exchange)),
  }),
  of('C09_null_or_anonymous', 'probe', 'CVE-2007-1858', {
    title: 'No encryption or no identity',
    explanation: 'Offers ciphers that encrypt nothing, or that ask nobody for a certificate.',
    rule: look =>
      offersAny(look, ({ exchange, protection, name }) => {
        return /_anon/.test(exchange) || /^NULL_/.test(protection) || /^TLS_SHA\d+_SHA/.test(name);
      }),
  }),
  of('C10_rc4', 'probe', 'CVE-2013-2566, CVE-2015-2808, RFC 7465', {
    title: 'RC4',
    explanation: 'Offers RC4, whose biases give plaintext away.',
    rule: look => offersAny(look, ({ protection }) => /^RC4_/.test(protection)),
  }),
  of('C11_sweet32', 'probe', 'CVE-2016-2183', {
    title: 'Small blocks',
    explanation: 'Offers ciphers with blocks of 64 bits, which collide after some hours of traffic.',
    rule: look => offersAny(look, ({ protection }) => /^(3DES|DES|DES40|IDEA|RC2)_/.test(protection)),
  }),
  of('C12_cbc_only', 'probe', 'CVE-2013-0169, RFC 7457 §2.4', {
    title: 'CBC only',
    explanation: 'Offers nothing but block ciphers in CBC mode, as the search for padding oracles does.',
    rule: look => offersOnly(look, ({ protection }) => /_CBC(_|$)/.test(protection)),
  }),
  of('C16_psk_or_srp', 'probe', 'RFC 4279 §7.2, CAPEC-49', {
    title: 'Shared keys or passwords',
    explanation: 'Offers the older ciphers that rest on a shared key or a password, which can be guessed.',
    rule: look => offersAny(look, ({ exchange }) => /(^|_)(PSK|SRP|ECJPAKE|ECCPWD)(_|$)/.test(exchange)),
  }),
  of('C17_crime', 'probe', 'CVE-2012-4929, RFC 7457 §2.6', {
    title: 'Compression',
    explanation: 'Offers compression, whose lengths give secrets away.',
    rule: compression,
  }),
];

interface Words {
  title: string;
  explanation: string;
  rule: (look: Look) => Found | null;
}

function of(id: string, severity: AttackClass['severity'], reference: string, words: Words): AttackClass {
  return { ...{ id, severity, reference, confidence: 1, needs: 'wire' }, ...words };
}

/** Nothing but export ciphers, and at least one with this key exchange. */
function exportOnly(look: Look, exchange: RegExp): Found | null {
  const all = offersOnly(look, suite => suite.exchange.includes('EXPORT'));
  return all && offersAny(look, suite => exchange.test(suite.exchange)) && all;
}

function compression(look: Look): Found | null {
  const method = look.hello?.compression.find(value => value !== 0);
  return found(method !== undefined, `offers compression method ${method}`, compressionPlace(look));
}
