import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Protection, sha256 } from './key-schedule.ts';
import type { Line } from './line.ts';
import { ContentType } from './messages.ts';

const HEADER_BYTES = 5;
const MESSAGE_HEADER_BYTES = 4;
/** SubjectPublicKeyInfo of X25519 (RFC 8410 §4) before the 32 bytes. */
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** A certificate chain and the key of its first. */
export interface Credentials {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyObject;
}

/**
 * One side of a TLS 1.3 handshake that sends what it is told to, in whatever pieces, and whose cryptography is right all the same: so
 * what it sends inside the handshake is read and judged. It does not verify anything itself.
 */
export abstract class Script {
  readonly line: Line;
  protected readonly keys = generateKeyPairSync('x25519');
  protected readonly messages: Buffer[] = [];
  protected outgoing: Protection | null = null;
  protected incoming: Protection | null = null;
  #unread = Buffer.alloc(0);

  protected constructor(line: Line) {
    this.line = line;
  }

  /** Our public share. */
  protected get share(): Buffer {
    return this.keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(X25519_SPKI.length);
  }

  /** Hash of all messages so far. */
  protected get transcript(): Buffer {
    return sha256(...this.messages);
  }

  protected sharedSecret(peerShare: Uint8Array): Buffer {
    const publicKey = createPublicKey({
      key: Buffer.concat([X25519_SPKI, peerShare]),
      format: 'der',
      type: 'spki',
    });
    return diffieHellman({ privateKey: this.keys.privateKey, publicKey });
  }

  /** Makes a message part of the transcript, and gives it. */
  say(message: Buffer): Buffer {
    this.messages.push(message);
    return message;
  }

  /** Protected records around handshake bytes, at most `fragment` of them in each. */
  sealed(bytes: Uint8Array, fragment = 16_384): Buffer {
    const { outgoing } = this;
    if (!outgoing) throw new Error('there are no keys yet');
    const count = Math.ceil(bytes.length / fragment);
    return Buffer.concat(
      Array.from({ length: count }, (_, i) =>
        outgoing.seal(ContentType.handshake, bytes.subarray(i * fragment, (i + 1) * fragment)),
      ),
    );
  }

  /** A protected record of another type than handshake. */
  sealedAs(type: number, content: Uint8Array): Buffer {
    if (!this.outgoing) throw new Error('there are no keys yet');
    return this.outgoing.seal(type, content);
  }

  /** The next handshake message of the peer, which becomes part of the transcript. */
  protected async hear(): Promise<Buffer> {
    const wanted = () =>
      this.#unread.length < MESSAGE_HEADER_BYTES
        ? MESSAGE_HEADER_BYTES
        : MESSAGE_HEADER_BYTES + this.#unread.readUIntBE(1, 3);
    while (this.#unread.length < wanted()) this.#unread = Buffer.concat([this.#unread, await this.#content()]);
    const message = this.#unread.subarray(0, wanted());
    this.#unread = this.#unread.subarray(message.length);
    return this.say(message);
  }

  async #content(): Promise<Buffer> {
    const { type, content } = await this.nextRecord();
    if (type === ContentType.handshake) return content;
    throw new Error(`a record of type ${type} in the handshake: ${content.toString('hex')}`);
  }

  /** The peer's next record, opened where it is protected; ChangeCipherSpec means nothing (RFC 8446 §5). */
  protected async nextRecord(): Promise<{ type: number; content: Buffer }> {
    for (;;) {
      const header = await this.line.read(HEADER_BYTES);
      const body = await this.line.read(header.readUInt16BE(3));
      const type = header[0] ?? 0;
      if (type === ContentType.changeCipherSpec) continue;
      if (type !== ContentType.applicationData || !this.incoming) return { type, content: body };
      return this.incoming.open(Buffer.concat([header, body]));
    }
  }
}
