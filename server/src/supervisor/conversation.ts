import { decodeGuestFrame, type GuestMessage } from '../wire/channel.ts';
import { ChannelError, FrameSplitter } from '../wire/channel-frames.ts';
import { encodeHostFrame, type HostMessage } from '../wire/channel-host.ts';

/** What a portion of the channel's bytes amounts to. `gap`: so many frames are missing before the next one. */
export type Heard = { seq: number; message: GuestMessage } | { gap: number };

/**
 * The supervisor's side of one guest's channel, without the channel: numbers what it says, and believes of what it hears only
 * what comes in order: hello, then (once provisioned) ready, then everything else. A fault may come at any time.
 */
export class Conversation {
  readonly #splitter = new FrameSplitter();
  #stage: 'silent' | 'greeted' | 'provisioned' | 'serving' = 'silent';
  #nextHeard = 0;
  #nextSaid = 0;

  /** Takes bytes in any portions. Throws ChannelError on the first frame that breaks the rules. */
  *hear(bytes: Uint8Array): Generator<Heard> {
    for (const frame of this.#splitter.push(bytes)) {
      const { seq, message } = decodeGuestFrame(frame);
      if (seq < this.#nextHeard) throw new ChannelError(`frame ${seq} comes after frame ${this.#nextHeard - 1}`);
      const gap = seq - this.#nextHeard;
      this.#nextHeard = seq + 1;
      this.#advance(message.type);
      if (gap > 0) yield { gap };
      yield { seq, message };
    }
  }

  /** The number of the provision's frame, which another sends: the supervisor does not hold what is in it. */
  provide(): number {
    if (this.#stage !== 'greeted') throw new ChannelError('a provision out of order');
    this.#stage = 'provisioned';
    return this.#nextSaid++;
  }

  /** The bytes that say it. */
  say(message: Exclude<HostMessage, { type: 'provision' }>): Uint8Array {
    return encodeHostFrame(this.#nextSaid++, message);
  }

  #advance(type: GuestMessage['type']): void {
    if (type === 'fault') return;
    if (type === 'hello' && this.#stage === 'silent') this.#stage = 'greeted';
    else if (type === 'ready' && this.#stage === 'provisioned') this.#stage = 'serving';
    else if (type === 'hello' || type === 'ready' || this.#stage !== 'serving') {
      throw new ChannelError(`${type} out of order`);
    }
  }
}
