import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A TLS 1.3 session in which the client shows a certificate, as somebody in the middle sees it. */
export interface RecordedSession {
  /** In the order in which they passed. */
  reads: { from: 'client' | 'server'; bytes: Buffer }[];
  /** The whole key log, of application data too. */
  keyLog: string;
}

/** What the server says once it knows the client. */
export const DOCUMENT = 'what is given to those who got in';
export const SERVER_NAME = 'who is attacked';
export const CLIENT_NAME = 'who attacks';

/** Plays one session between Node's own client and server on the loopback. */
export async function recordSession(ciphers: string): Promise<RecordedSession> {
  const identity = await makeIdentity(SERVER_NAME);
  const own = await makeIdentity(CLIENT_NAME);
  const keyLog: string[] = [];
  const options = {
    ...identity,
    ciphers,
    minVersion: 'TLSv1.3',
    requestCert: true,
    rejectUnauthorized: false,
  } as const;
  const server = createTlsServer(options, socket => socket.end(DOCUMENT));
  server.on('keylog', line => keyLog.push(line.toString()));
  const reads: RecordedSession['reads'] = [];
  const tap = createServer({ allowHalfOpen: true }, socket => passOn(socket, portOf(server.address()), reads));
  for (const listener of [server, tap]) {
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
  }
  try {
    const port = portOf(tap.address());
    const client = connectTls({ ...own, ciphers, port, host: '127.0.0.1', rejectUnauthorized: false });
    client.resume();
    await once(client, 'close');
  } finally {
    server.close();
    tap.close();
  }
  return { reads, keyLog: keyLog.join('') };
}

function passOn(client: Socket, port: number, reads: RecordedSession['reads']): void {
  const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const pass = (from: Socket, to: Socket, name: 'client' | 'server') => {
    from.on('data', bytes => {
      reads.push({ from: name, bytes });
      to.write(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
  };
  pass(client, server, 'client');
  pass(server, client, 'server');
}

async function makeIdentity(name: string): Promise<{ cert: string; key: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-identity-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await run('openssl', ['req', '-x509', '-subj', `/CN=${name}`, ...kind, '-keyout', key, '-out', cert]);
    return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP socket');
  return address.port;
}
