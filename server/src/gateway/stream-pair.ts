import { Duplex } from 'node:stream';

/**
 * Two streams, each the other's far end, that behave like the ends of a TCP connection inside this process: what is written on one is
 * read on the other in a later turn of the event loop, `end` is FIN, `destroy` with an error is RST.
 *
 * (Node's own duplexPair delivers in the same turn and does not tell a destroyed end from a silent one.)
 */
export function streamPair(): [Duplex, Duplex] {
  const a = new End();
  const b = new End();
  a.join(b);
  b.join(a);
  return [a, b];
}

type Done = (error?: Error | null) => void;

class End extends Duplex {
  #far: End = this;
  /** The far end's write, which is done when this end reads on. */
  #untaken: Done | null = null;

  join(far: End): void {
    this.#far = far;
  }

  override _read(): void {
    const taken = this.#untaken;
    this.#untaken = null;
    taken?.();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: Done): void {
    setImmediate(() => this.#far.#receive(bytes, done));
  }

  override _final(done: Done): void {
    setImmediate(() => {
      this.#far.#receiveEnd();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    setImmediate(() => {
      if (error) this.#far.destroy(new Error('ECONNRESET'));
      else this.#far.#receiveEnd();
    });
    this._read();
    done(error);
  }

  #receive(bytes: Buffer, done: Done): void {
    if (this.destroyed) done(new Error('EPIPE'));
    else if (this.push(bytes)) done();
    else this.#untaken = done;
  }

  #receiveEnd(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }
}
