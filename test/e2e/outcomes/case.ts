import type { Outcome } from '../../../server/src/wire/outcomes.ts';
import type { Line } from '../peers/line.ts';
import type { Credentials } from '../peers/script.ts';
import type { Expected } from '../trial.ts';

/** Whom a case may be. */
export interface Cast {
  /** Credentials that practice honours, as client and as server. */
  readonly client: Credentials;
  readonly server: Credentials;
  /** The same of an authority that it does not know. */
  readonly strangeClient: Credentials;
  readonly strangeServer: Credentials;
}

/** One attempt that comes to an end by itself, and the row that it must become: told, not inferred. */
export interface Case {
  readonly title: string;
  readonly expected: Expected & { readonly outcome: Outcome };
  /** `open` gives a connection of the channel that is tried. */
  attack(open: () => Promise<Line>, cast: Cast): Promise<Line>;
}

/** Sends, closes its own side, and waits for the end. */
export async function leave(line: Line, ...bytes: Uint8Array[]): Promise<Line> {
  if (bytes.length > 0) await line.send(Buffer.concat(bytes));
  line.end();
  await line.finish();
  return line;
}

/** A message with its last byte changed. */
export function spoilt(message: Buffer): Buffer {
  const bytes = Buffer.from(message);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return bytes;
}
