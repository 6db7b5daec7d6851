import { Line, type Source } from '../e2e/peers/line.ts';
import { extension, within16 } from '../e2e/peers/messages.ts';
import { ScriptedClient } from '../e2e/peers/scripted-client.ts';
import { ScriptedServer } from '../e2e/peers/scripted-server.ts';
import type { Hostile } from './corpus.ts';
import { certificateNaming } from './der.ts';

/** The ports of one target. */
export interface Ports {
  readonly server: number;
  readonly client: number;
}

/** A place in a connection that can carry a string. Sends it from an address, and gives where it came from. */
export interface Field {
  readonly name: string;
  send(hostile: Hostile, ports: Ports, from: string): Promise<Source>;
}

const SERVER_NAME = 0;
const ALPN = 16;
const PRE_SHARED_KEY = 41;
const SESSION_ID_MAX = 32;
const ALPN_MAX = 255;
/** All names of a chain together stay below what the target reads before it knows its peer. */
const CERTIFICATE_NAME_MAX = 2000;

/** Every field that a string of a stranger's can come in by. */
export const FIELDS: readonly Field[] = [
  {
    name: 'server name',
    send: ({ bytes }, { server }, from) =>
      greet(server, from, { extensions: [extension(SERVER_NAME, within16(Buffer.of(0), within16(bytes)))] }),
  },
  {
    name: 'ALPN, session id and PSK identity',
    send: ({ bytes }, { server }, from) => {
      const short = bytes.subarray(0, ALPN_MAX);
      const protocol = Buffer.concat([Buffer.of(short.length), short]);
      const identity = within16(within16(bytes.subarray(0, 2 * ALPN_MAX)), Buffer.alloc(4));
      const binder = within16(Buffer.of(32), Buffer.alloc(32));
      return greet(server, from, {
        sessionId: bytes.subarray(0, SESSION_ID_MAX),
        extensions: [
          extension(ALPN, within16(protocol)),
          // Last, as it must be (RFC 8446 §4.2.11).
          extension(PRE_SHARED_KEY, Buffer.concat([identity, binder])),
        ],
      });
    },
  },
  {
    name: 'certificate of a client',
    send: async ({ bytes }, { server }, from) => {
      const client = await ScriptedClient.connect(server, from);
      await client.negotiate();
      await client.line.send(client.sealed(Buffer.concat(client.flight(certificateNaming(cut(bytes))))));
      return finish(client.line);
    },
  },
  {
    name: 'certificate of a server',
    send: async ({ bytes }, { client }, from) => {
      const server = await ScriptedServer.connect(client, from);
      await server.line.send(await server.greet());
      await server.line.send(server.sealed(server.preamble()));
      await server.line.send(server.sealed(Buffer.concat(server.flight(certificateNaming(cut(bytes))))));
      return finish(server.line);
    },
  },
  {
    name: 'HTTP request',
    send: async ({ bytes }, { server }, from) => {
      const line = await Line.open(server, from);
      await line.send(Buffer.concat([Buffer.from('GET /'), bytes, Buffer.from(' HTTP/1.1\r\nUser-Agent: '), bytes]));
      await line.send(Buffer.from('\r\n\r\n'));
      return finish(line);
    },
  },
];

async function greet(
  port: number,
  from: string,
  otherwise: { sessionId?: Uint8Array; extensions: readonly Uint8Array[] },
): Promise<Source> {
  const client = await ScriptedClient.connect(port, from, otherwise);
  await client.line.send(client.hello);
  // Whether it is refused or answered: nothing more will come from us.
  client.line.end();
  return finish(client.line);
}

async function finish(line: Line): Promise<Source> {
  await line.finish();
  return line.source;
}

function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, CERTIFICATE_NAME_MAX);
}
