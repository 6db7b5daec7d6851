import { ByteCursor } from './byte-cursor.ts';
import { describeShare } from './key-share.ts';
import type { ServerHello } from './observation.ts';
import { Extension, HELLO_RETRY_RANDOM } from './protocol.ts';

const HANDSHAKE_HEADER_BYTES = 4;
const RANDOM_BYTES = 32;

export interface ParsedServerHello {
  hello: ServerHello;
  /** It is a HelloRetryRequest, told by its random (RFC 8446 §4.1.3). `group` is then the group that is asked for. */
  retry: boolean;
}

/** Parses a ServerHello message with its 4-byte header (RFC 8446 §4.1.3). Null if its outer structure does not hold. */
export function parseServerHello(message: Uint8Array): ParsedServerHello | null {
  const cursor = new ByteCursor(message);
  cursor.take(HANDSHAKE_HEADER_BYTES);
  const legacyVersion = cursor.u16();
  const random = Buffer.from(cursor.take(RANDOM_BYTES)).toString('hex');
  const sessionIdLength = cursor.vector8().remaining;
  const cipher = cursor.u16();
  const compression = cursor.u8();
  if (!cursor.ok) return null;
  const hello: ServerHello = {
    ...{ legacyVersion, random, sessionIdLength, cipher, compression },
    ...{ extensions: [], selectedVersion: null, group: null, share: null },
  };
  if (cursor.remaining > 0 && !readExtensions(cursor, hello)) return null;
  return { hello, retry: random === HELLO_RETRY_RANDOM };
}

function readExtensions(cursor: ByteCursor, hello: ServerHello): boolean {
  const list = cursor.vector16();
  while (list.remaining > 0) {
    const type = list.u16();
    const body = list.vector16();
    if (!list.ok) return false;
    hello.extensions.push(type);
    const value = body.u16();
    if (!body.ok) continue;
    if (type === Extension.supportedVersions) hello.selectedVersion ??= value;
    if (type === Extension.keyShare && hello.group === null) {
      hello.group = value;
      const share = body.remaining > 0 ? body.vector16() : null;
      hello.share = share && describeShare(value, share.take(share.remaining), 'server');
    }
  }
  return cursor.finished && list.ok;
}
