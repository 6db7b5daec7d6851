import { RENEGOTIATION_SCSV } from '../../tls/cipher-suite.ts';
import { Extension, Version } from '../../tls/protocol.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { extensionPlace, helloPlace, sessionIdPlace } from './hello-place.ts';
import { hex4, type Look, offeredVersions, offersOlder } from './look.ts';

/** RFC 5246 §7.4.1.4.1: HashAlgorithm md5 in the first byte. */
const MD5 = 1;

/** What matters up to TLS 1.2: what a hello says of renegotiation, resumption, heartbeats and signatures. */
export const OLDER_EXTENSIONS: readonly AttackClass[] = [
  {
    id: 'C20_renegotiation_info_nonempty',
    title: 'Renegotiation of nothing',
    explanation: 'Claims in its first hello to renegotiate a session that does not exist.',
    severity: 'attack',
    reference: 'RFC 5746 §3.6, CVE-2009-3555',
    confidence: 1,
    needs: 'wire',
    rule: look =>
      found(
        (look.hello?.renegotiationBytes ?? 0) > 0,
        `renegotiated_connection has ${look.hello?.renegotiationBytes} bytes`,
        extensionPlace(look, Extension.renegotiationInfo),
      ),
  },
  {
    id: 'D21_foreign_resumption',
    title: 'Resumption of a foreign session',
    explanation: 'Wants to resume a session that this target never had: it gives out no tickets and no session ids.',
    severity: 'attack',
    reference: 'RFC 7457 §2.12, CVE-2014-3616, CVE-2025-23419',
    confidence: 0.9,
    needs: 'wire',
    rule: resumption,
  },
  {
    id: 'C22_sloth',
    title: 'MD5 signatures',
    explanation: 'Accepts signatures over MD5, whose collisions let a transcript be forged.',
    severity: 'probe',
    reference: 'CVE-2015-7575',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const weak = look.hello?.signatureAlgorithms.find(algorithm => algorithm >> 8 === MD5);
      const at = extensionPlace(look, Extension.signatureAlgorithms);
      return found(weak !== undefined, `signature_algorithms has ${hex4(weak ?? 0)}`, at);
    },
  },
  {
    id: 'C18_heartbeat_offer',
    title: 'Heartbeat offered',
    explanation: 'Offers heartbeats, as those do who look for Heartbleed.',
    severity: 'probe',
    reference: 'RFC 6520 §2, CVE-2014-0160',
    confidence: 1,
    needs: 'wire',
    rule: look =>
      found(
        look.hello?.extensions.includes(Extension.heartbeat) === true,
        `heartbeat extension, mode ${look.hello?.heartbeatMode}`,
        extensionPlace(look, Extension.heartbeat),
      ),
  },
  {
    id: 'C19_legacy_renegotiation',
    title: 'No secure renegotiation',
    explanation: 'Offers TLS 1.2 or older without the sign that protects renegotiation.',
    severity: 'probe',
    reference: 'RFC 5746 §3.4, CVE-2009-3555',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const { hello } = look;
      const signed =
        hello?.extensions.includes(Extension.renegotiationInfo) || hello?.ciphers.includes(RENEGOTIATION_SCSV);
      return found(offersOlder(look) && !signed, 'neither renegotiation_info nor its SCSV', helloPlace(look));
    },
  },
  {
    id: 'C21_no_extended_master_secret',
    title: 'No extended master secret',
    explanation: 'Offers TLS 1.2 or older without binding the master secret to the handshake.',
    severity: 'note',
    reference: 'RFC 7627 §5.2, RFC 7457 §2.11',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const bound = look.hello?.extensions.includes(Extension.extendedMasterSecret);
      return found(offersOlder(look) && !bound, 'no extended_master_secret', helloPlace(look));
    },
  },
];

function resumption(look: Look): Found | null {
  const { hello } = look;
  if (hello === null) return null;
  if (hello.psk) return { text: 'a pre-shared key is offered', at: extensionPlace(look, Extension.preSharedKey) };
  if (hello.ticketBytes) {
    return {
      text: `a session ticket of ${hello.ticketBytes} bytes`,
      at: extensionPlace(look, Extension.sessionTicket),
    };
  }
  // In TLS 1.3 a session id is there for middleboxes only (RFC 8446 §4.1.2).
  const older = !offeredVersions(look).includes(Version.tls13) && hello.sessionIdLength > 0;
  return found(older, `a session id of ${hello.sessionIdLength} bytes`, sessionIdPlace(look));
}
