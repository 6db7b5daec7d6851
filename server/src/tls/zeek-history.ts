const MAX_CHARS = 100;

/** Letters of handshake messages, by type. */
const MESSAGE_LETTERS: ReadonlyMap<number, string> = new Map([
  [0, 'h'],
  [1, 'c'],
  [2, 's'],
  [3, 'v'],
  [4, 't'],
  [5, 'e'],
  [6, 'j'],
  [8, 'o'],
  [11, 'x'],
  [12, 'k'],
  [13, 'r'],
  [14, 'n'],
  [15, 'y'],
  [16, 'g'],
  [20, 'f'],
  [21, 'w'],
  [22, 'u'],
  [23, 'a'],
  [24, 'p'],
  [254, 'm'],
]);

const UNKNOWN_MESSAGE = 'z';

/** What else has a letter. A HelloRetryRequest is a ServerHello on the wire, but has one of its own. */
const OTHER_LETTERS = {
  helloRetryRequest: 'j',
  changeCipherSpec: 'i',
  alert: 'l',
  applicationData: 'd',
  heartbeat: 'b',
  unknownContentType: 'q',
} as const;

/**
 * The `ssl_history` of Zeek's ssl.log: one letter for each thing that was readable, in order, capitals from the client; at most 100.
 * As there, protected records leave no letter: a complete TLS 1.3 handshake reads `CsiI`.
 */
export class ZeekHistory {
  #letters = '';

  message(type: number, fromClient: boolean): void {
    this.#add(MESSAGE_LETTERS.get(type) ?? UNKNOWN_MESSAGE, fromClient);
  }

  other(what: keyof typeof OTHER_LETTERS, fromClient: boolean): void {
    this.#add(OTHER_LETTERS[what], fromClient);
  }

  toString(): string {
    return this.#letters;
  }

  #add(letter: string, fromClient: boolean): void {
    if (this.#letters.length < MAX_CHARS) this.#letters += fromClient ? letter.toUpperCase() : letter;
  }
}
