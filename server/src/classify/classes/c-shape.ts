import { isGrease } from '../../tls/grease.ts';
import { Extension } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { ciphersPlace, extensionPlace, helloPlace, randomPlace } from './hello-place.ts';
import { anomaly, type Look, placeOfRecord } from './look.ts';

/** The longest honest hello, with post-quantum shares, tickets and encrypted hello, has some four kilobytes. */
const HELLO_MAX_BYTES = 8192;
/** Of 32 random bytes some 30 differ; fewer than 15 happen once in 10^20. */
const DISTINCT_MIN = 15;

/** How the hello is built. */
export const SHAPE: readonly AttackClass[] = [
  {
    id: 'C31_malformed_hello',
    title: 'Malformed hello',
    explanation: 'Sends a hello whose lengths or extensions do not hold.',
    severity: 'attack',
    reference: 'RFC 8446 §4.1.2 and §6.2, CAPEC-28',
    confidence: 1,
    needs: 'wire',
    rule: malformed,
  },
  {
    id: 'C30_duplicate_extension',
    title: 'Extension given twice',
    explanation: 'Sends the same extension again, to find out which of the two is believed.',
    severity: 'attack',
    reference: 'RFC 8446 §4.2',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const [type] = look.hello?.duplicateExtensions ?? [];
      return type === undefined
        ? null
        : { text: `extension ${type} comes again`, at: extensionPlace(look, type, 'last') };
    },
  },
  {
    id: 'C32_oversized_hello',
    title: 'Oversized hello',
    explanation: 'Sends a hello that is far longer than any client has reason to.',
    severity: 'attack',
    reference: 'CAPEC-130',
    confidence: 0.9,
    needs: 'wire',
    rule: look =>
      found((look.seen.hello?.bytes ?? 0) > HELLO_MAX_BYTES, `${look.seen.hello?.bytes} bytes`, helloPlace(look)),
  },
  {
    id: 'C35_unusual_client_random',
    title: 'Client random that is not random',
    explanation:
      'Sends a random that is a pattern, a text or hardly varies, as programs do that are built for one purpose.',
    severity: 'probe',
    reference: 'RFC 8446 §4.1.2',
    confidence: 0.9,
    needs: 'wire',
    rule: oddRandom,
  },
  {
    id: 'C33_ech_offer',
    title: 'Encrypted hello offered',
    explanation: 'Offers an encrypted hello, or the noise that hides whether it does.',
    severity: 'note',
    reference: 'RFC 9849',
    confidence: 1,
    needs: 'wire',
    rule: look =>
      found(look.hello?.ech === true, 'encrypted_client_hello', extensionPlace(look, Extension.encryptedClientHello)),
  },
  {
    id: 'C33_grease',
    title: 'GREASE',
    explanation: 'Offers values that mean nothing, as browsers do to keep servers tolerant.',
    severity: 'note',
    reference: 'RFC 8701',
    confidence: 1,
    needs: 'wire',
    rule: look => found(look.hello?.grease === true, 'reserved values among its lists', greasePlace(look)),
  },
];

function malformed(look: Look): Found | null {
  const bad = anomaly(look, 'malformed_extension', 'malformed_hello');
  if (bad === null) return null;
  const at = bad.detail === null ? null : extensionPlace(look, bad.detail);
  const text = bad.detail === null ? 'its structure does not hold' : `extension ${bad.detail} does not parse`;
  return { text, at: at ?? placeOfRecord(look, bad) };
}

function oddRandom(look: Look): Found | null {
  const bytes = Buffer.from(look.hello?.random ?? '', 'hex');
  if (bytes.length === 0) return null;
  const at = randomPlace(look);
  const distinct = new Set(bytes).size;
  if (distinct < DISTINCT_MIN) return { text: `${distinct} different bytes`, at };
  if (bytes.every(byte => byte >= 0x20 && byte < 0x7f)) return { text: 'printable text', at };
  const step = ((bytes[1] ?? 0) - (bytes[0] ?? 0) + 256) % 256;
  const counts = bytes.every((byte, index) => index === 0 || (byte - (bytes[index - 1] ?? 0) + 256) % 256 === step);
  return found(counts, `each byte is the one before and ${step}`, at);
}

function greasePlace(look: Look) {
  const { hello } = look;
  const cipher = hello?.ciphers.find(isGrease);
  const extension = hello?.extensions.find(isGrease);
  if (cipher !== undefined) return ciphersPlace(look, cipher);
  return extension === undefined ? helloPlace(look) : extensionPlace(look, extension);
}
