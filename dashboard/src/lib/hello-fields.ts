import type { AttemptRecord } from './generated/api.ts';
import { extensionWords } from './tls-extensions.ts';
import {
  cipherName,
  compressionName,
  groupName,
  hex16,
  isGrease,
  pskModeName,
  signatureName,
  versionName,
} from './tls-names.ts';

type Hello = NonNullable<AttemptRecord['hello']>;

/** One value of a field. */
export interface HelloValue {
  readonly text: string;
  /** Of the registry; null where the value is no number. */
  readonly code: string | null;
  readonly grease: boolean;
}

/** One field of a hello, its values in wire order. `values` is empty where the field was not there. */
export interface HelloField {
  readonly name: string;
  readonly meaning: string;
  readonly section: string;
  readonly values: readonly HelloValue[];
}

/** A hello, field by field, in the order of RFC 8446 §4.1.2. */
export function helloFields(hello: Hello): HelloField[] {
  return [
    field(
      'Record version',
      'of the record around it; says nothing in TLS 1.3',
      'RFC 8446 §5.1',
      [hello.recordVersion],
      versionName,
    ),
    field('Legacy version', 'always TLS 1.2 in TLS 1.3', 'RFC 8446 §4.1.2', [hello.legacyVersion], versionName),
    words('Session id', 'an echo for old middleboxes', 'RFC 8446 §4.1.2', [lengthOf(hello.sessionIdLength)]),
    field('Cipher suites', 'ciphers and hashes that are offered', 'RFC 8446 §4.1.2', hello.ciphers, cipherName),
    field('Compression', 'only none is safe', 'RFC 8446 §4.1.2', hello.compression, compressionName),
    field(
      'Extensions',
      'everything else, in this order',
      'RFC 8446 §4.2',
      hello.extensions,
      value => extensionWords(value).name,
    ),
    field('Versions', 'versions that are spoken', 'RFC 8446 §4.2.1', hello.supportedVersions, versionName),
    field('Groups', 'groups for the key exchange', 'RFC 8446 §4.2.7', hello.groups, groupName),
    field('Key shares', 'groups with a public key in this hello', 'RFC 8446 §4.2.8', hello.keyShares, groupName),
    field('Signatures', 'signatures that are accepted', 'RFC 8446 §4.2.3', hello.signatureAlgorithms, signatureName),
    words('Protocols', 'what would be spoken inside', 'RFC 7301', hello.alpn),
    field('Key modes', 'how keys that both know may be used', 'RFC 8446 §4.2.9', hello.pskModes, pskModeName),
    words(
      'Server name',
      'what kind of name was asked for',
      'RFC 6066 §3',
      hello.sniKind === null ? [] : [SNI_WORDS[hello.sniKind]],
    ),
  ];
}

const SNI_WORDS = {
  host: 'a host name',
  ip: 'an address, which is not allowed',
  empty: 'empty',
  invalid: 'not well formed',
} as const;

/** What a hello has besides its fields, where it has it. */
export function helloMarks(hello: Hello): string[] {
  return [
    ...(hello.pqShare ? ['a post-quantum key share'] : []),
    ...(hello.grease ? ['GREASE'] : []),
    ...(hello.ech ? ['encrypted client hello'] : []),
    ...(hello.psk ? ['pre-shared keys'] : []),
    ...(hello.earlyData ? ['early data'] : []),
    ...(hello.hrr ? ['a second hello, after a retry'] : []),
  ];
}

function field(
  name: string,
  meaning: string,
  section: string,
  values: readonly number[],
  nameOf: (value: number) => string,
): HelloField {
  const shown = values.map(value => ({ text: nameOf(value), code: hex16(value), grease: isGrease(value) }));
  return { name, meaning, section, values: shown };
}

function words(name: string, meaning: string, section: string, values: readonly string[]): HelloField {
  return { name, meaning, section, values: values.map(text => ({ text, code: null, grease: false })) };
}

function lengthOf(bytes: number): string {
  return bytes === 0 ? 'empty' : `${bytes} B`;
}
