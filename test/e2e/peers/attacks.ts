import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Line } from './line.ts';
import { ContentType, HandshakeType, handshake, record } from './messages.ts';
import type { Credentials } from './script.ts';
import { ScriptedClient } from './scripted-client.ts';
import { ScriptedServer } from './scripted-server.ts';

/** RFC 8446 §5 knows a ChangeCipherSpec of one byte, 1; this one is empty. */
export const EMPTY_CHANGE_CIPHER_SPEC = Buffer.from('1403030000', 'hex');
export const CHANGE_CIPHER_SPEC = Buffer.from('140303000101', 'hex');

/** A hello of 64 KiB that means nothing, and as much behind it as the guest reads after its alert: the most that one may say. */
export const TALK = Buffer.concat([
  ...Array.from({ length: 4 }, (_, i) => {
    const hello = handshake(HandshakeType.clientHello, Buffer.alloc(0xffff - 4));
    return record(ContentType.handshake, hello.subarray(i * 16_384, (i + 1) * 16_384));
  }),
  Buffer.alloc(60_000),
]);

const FIRST_RECORD_BYTES = 40;
const POURED_RECORDS = 64;
const POURED_RECORD_BYTES = 16;

/** Sends all of it at once and waits for the target to end it. */
export async function throwAt(line: Line, ...bytes: Uint8Array[]): Promise<Line> {
  await line.send(Buffer.concat(bytes));
  await line.finish();
  return line;
}

/** A hello in two records with something between them. */
export async function helloAround(port: number, middle: Uint8Array): Promise<Line> {
  const client = await ScriptedClient.connect(port);
  const message = client.hello.subarray(5);
  const [first, second] = [message.subarray(0, FIRST_RECORD_BYTES), message.subarray(FIRST_RECORD_BYTES)];
  return throwAt(client.line, record(ContentType.handshake, first), middle, record(ContentType.handshake, second));
}

/** A whole handshake as client, its last flight in records of at most `fragment` bytes. */
export async function asClient(port: number, who: Credentials, fragment?: number): Promise<Line> {
  const client = await ScriptedClient.connect(port);
  await client.negotiate();
  return throwAt(client.line, client.sealed(Buffer.concat(client.flight(who)), fragment));
}

/** A whole handshake as server, to the target's client role. */
export async function asServer(port: number, who: Credentials, fragment?: number): Promise<Line> {
  const server = await ScriptedServer.connect(port);
  const hello = await server.greet();
  return throwAt(
    server.line,
    hello,
    server.sealed(Buffer.concat([server.preamble(), ...server.flight(who)]), fragment),
  );
}

/** A client who authenticates and is given the document. Throws if it is not. */
export async function winner(port: number, who: Credentials, from?: string): Promise<Line> {
  const client = await ScriptedClient.connect(port, from);
  await client.negotiate();
  await client.line.send(client.sealed(Buffer.concat(client.flight(who))));
  const text = await client.document();
  if (!text.startsWith('pinata release 1')) throw new Error(`no release: ${text}`);
  await client.line.finish();
  return client.line;
}

/** The beginning of a Certificate message that declares `length` bytes. */
function longCertificate(length: number, bytes: Uint8Array): Buffer {
  return handshake(HandshakeType.certificate, bytes, length);
}

/** Where a long Certificate is begun: the line, and protected records around more of it. */
export interface Begun {
  readonly line: Line;
  more(bytes: Uint8Array): Buffer;
}

/** Begins, inside a right handshake as client, a Certificate of `length` bytes. */
export async function beginAsClient(port: number, length: number, bytes: Uint8Array, from?: string): Promise<Begun> {
  const client = await ScriptedClient.connect(port, from);
  await client.negotiate();
  await client.line.send(client.sealed(longCertificate(length, bytes)));
  return { line: client.line, more: content => client.sealed(content) };
}

/** The same as server, to the target's client role. */
export async function beginAsServer(port: number, length: number, bytes: Uint8Array, from?: string): Promise<Begun> {
  const server = await ScriptedServer.connect(port, from);
  const flight = Buffer.concat([await server.greet(), server.sealed(Buffer.concat([server.preamble()]))]);
  await server.line.send(Buffer.concat([flight, server.sealed(longCertificate(length, bytes))]));
  return { line: server.line, more: content => server.sealed(content) };
}

/** Protected records of one byte each, one every `everyMs`, until the target ends it. */
export function dripInside({ line, more }: Begun, everyMs: number): void {
  const timer = setInterval(() => void line.send(more(Buffer.of(0))), everyMs);
  void line.farEnd.then(() => clearInterval(timer));
}

/**
 * Protected records so small that their framing takes more than what is in them, as fast as they go, until the target ends it or
 * `limit` bytes were sent. Gives how many were.
 */
export async function pour({ line, more }: Begun, limit: number): Promise<number> {
  let sent = 0;
  while (!line.isOver && sent < limit) {
    const records = Buffer.concat(
      Array.from({ length: POURED_RECORDS }, () => more(Buffer.alloc(POURED_RECORD_BYTES))),
    );
    await line.send(records);
    await nextTurn();
    sent += records.length;
  }
  return sent;
}
