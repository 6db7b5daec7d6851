import { beginAsClient, beginAsServer, dripInside } from './attacks.ts';
import { Line } from './line.ts';
import { ScriptedClient } from './scripted-client.ts';
import { ScriptedServer } from './scripted-server.ts';

/** As many as one address may have open at one target. */
const PER_ADDRESS = 16;
const DRIP_MS = 500;
/** The longest handshake message that TLS 1.3 implementations take, and more of it than fits any but the guest's largest buffers. */
const LONG_CERTIFICATE = 0xffff;
const MUCH_OF_IT = 20_000;

/** `count` addresses of 127.`net`.0.0/16, each in a network of its own and there as often as it may come. */
function addresses(net: number, count: number, perAddress = PER_ADDRESS): string[] {
  return Array.from({ length: count }, (_, i) => `127.${net}.${Math.floor(i / perAddress)}.1`);
}

/** Each closes its side when the target has closed its own. */
function leaveWithTarget(lines: Line[]): Line[] {
  for (const line of lines) void line.finish();
  return lines;
}

/** Clients that send their hello byte by byte. */
export async function helloDrips(port: number, net: number, count: number): Promise<Line[]> {
  const clients = await Promise.all(addresses(net, count).map(from => ScriptedClient.connect(port, from)));
  for (const { line, hello } of clients) line.drip(hello, DRIP_MS);
  return leaveWithTarget(clients.map(({ line }) => line));
}

/** Connections on which nothing is ever said. */
export async function mutes(port: number, net: number, count: number, perAddress?: number): Promise<Line[]> {
  return leaveWithTarget(await Promise.all(addresses(net, count, perAddress).map(from => Line.open(port, from))));
}

/** One client and one server who begin a Certificate of 64 KiB and go on byte by byte, each in a record of its own. */
export async function certificateDrips(ports: { server: number; client: number }, net: number): Promise<Line[]> {
  const from = `127.${net}.0.1`;
  const begun = await Promise.all([
    beginAsClient(ports.server, LONG_CERTIFICATE, Buffer.alloc(100), from),
    beginAsServer(ports.client, LONG_CERTIFICATE, Buffer.alloc(100), from),
  ]);
  for (const one of begun) dripInside(one, DRIP_MS);
  return leaveWithTarget(begun.map(({ line }) => line));
}

/** Clients who send much of a long Certificate and then nothing. */
export async function longCertificates(port: number, net: number, count: number): Promise<Line[]> {
  const much = Buffer.alloc(MUCH_OF_IT);
  const begun = await Promise.all(addresses(net, count).map(from => beginAsClient(port, LONG_CERTIFICATE, much, from)));
  return leaveWithTarget(begun.map(({ line }) => line));
}

/** Two who are called back: one says nothing, one stops after its hello. */
export async function silentCallers(port: number, answer: number, net: number): Promise<{ mute: Line; stuck: Line }> {
  const mute = await Line.calledBack(port, answer, `127.${net}.0.1`);
  const stuck = await Line.calledBack(port, answer, `127.${net}.1.1`);
  await stuck.send(await ScriptedServer.over(stuck).greet());
  leaveWithTarget([mute, stuck]);
  return { mute, stuck };
}
