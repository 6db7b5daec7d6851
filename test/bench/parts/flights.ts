import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** The ClientHello of an ordinary client, as Node's OpenSSL makes it; in one record. */
export function clientHello(): Promise<Buffer> {
  return new Promise(resolve => {
    const wire = new Duplex({
      read: () => undefined,
      write: (bytes: Buffer, _encoding, done) => {
        resolve(bytes);
        done();
      },
    });
    connect({ socket: wire, servername: 'pinata.test', ecdhCurve: 'X25519:P-256' });
  });
}

const KEY_SHARE = 'ab'.repeat(32);
const SUPPORTED_VERSIONS = '002b00020304';
/** RFC 8446 §4.1.3: TLS_AES_128_GCM_SHA256 with X25519. */
const SERVER_HELLO_BODY = `0303${'5a'.repeat(32)}20${'00'.repeat(32)}130100002e${SUPPORTED_VERSIONS}00330024001d0020${KEY_SHARE}`;
const CHANGE_CIPHER_SPEC = '140303000101';

/** What a server answers: ServerHello, change_cipher_spec and an encrypted record; 200 bytes. */
export const SERVER_FLIGHT = Buffer.concat([
  record(22, Buffer.concat([Buffer.from('02000076', 'hex'), Buffer.from(SERVER_HELLO_BODY, 'hex')])),
  Buffer.from(CHANGE_CIPHER_SPEC, 'hex'),
  record(23, Buffer.alloc(62, 0xee)),
]);

/** RFC 8446 §5.1. */
function record(type: number, body: Buffer): Buffer {
  const header = Buffer.from([type, 3, 3, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([header, body]);
}
