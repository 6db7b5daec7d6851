import { alertWords } from '../../classify/words.ts';
import { cipherSuite } from '../../tls/cipher-suite.ts';
import { Version } from '../../tls/protocol.ts';

/** Numbers of TLS in the words of Zeek's ssl.log; what has no name there is `unknown-` and the number, as it writes itself. */

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [Version.ssl2, 'SSLv2'],
  [Version.ssl3, 'SSLv3'],
  [Version.tls10, 'TLSv10'],
  [Version.tls11, 'TLSv11'],
  [Version.tls12, 'TLSv12'],
  [Version.tls13, 'TLSv13'],
]);

/** IANA registry "TLS Supported Groups": those that anything in use today offers. */
const GROUPS: ReadonlyMap<number, string> = new Map([
  [0x17, 'secp256r1'],
  [0x18, 'secp384r1'],
  [0x19, 'secp521r1'],
  [0x1d, 'x25519'],
  [0x1e, 'x448'],
  [0x100, 'ffdhe2048'],
  [0x101, 'ffdhe3072'],
  [0x102, 'ffdhe4096'],
  [0x103, 'ffdhe6144'],
  [0x104, 'ffdhe8192'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ec, 'X25519MLKEM768'],
  [0x11ed, 'SecP384r1MLKEM1024'],
]);

export function zeekVersion(code: unknown): string | null {
  return named(code, number => VERSIONS.get(number));
}

export function zeekCipher(code: unknown): string | null {
  return named(code, number => cipherSuite(number)?.name);
}

export function zeekCurve(code: unknown): string | null {
  return named(code, number => GROUPS.get(number));
}

/** The last of the alerts of one side. Where both sent some, nothing tells which came last. */
export function zeekLastAlert(sent: unknown, received: unknown): string | null {
  const [ours, theirs] = [sent, received].map(list => (Array.isArray(list) ? list : []));
  if (ours === undefined || theirs === undefined || (ours.length > 0 && theirs.length > 0)) return null;
  return named(ours.at(-1) ?? theirs.at(-1), number => {
    const { name } = alertWords(number);
    return name.includes(' ') ? undefined : name;
  });
}

function named(code: unknown, nameOf: (code: number) => string | undefined): string | null {
  if (typeof code !== 'number') return null;
  return nameOf(code) ?? `unknown-${code}`;
}
