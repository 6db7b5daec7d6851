import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An `openssl s_server` that answers whoever comes. */
export interface AnsweringServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts one with the certificates that `makeCertificates` left in a folder, and with more options. */
export async function startServer(folder: string, options: readonly string[] = []): Promise<AnsweringServer> {
  const certificates = ['-cert', 'ec.pem', '-key', 'ec.key', '-dcert', 'rsa.pem', '-dkey', 'rsa.key'];
  const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...certificates, ...options], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return {
    port: await acceptingPort(server.stdout),
    stop: async () => {
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
  };
}

/** One of each kind of key, for `startServer`. */
export async function makeCertificates(folder: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'ec.key')];
  await run('openssl', ['req', '-x509', '-subj', '/CN=a', ...key, '-out', join(folder, 'ec.pem')]);
  const rsa = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'rsa.key')];
  await run('openssl', ['req', '-x509', '-subj', '/CN=a', ...rsa, '-out', join(folder, 'rsa.pem')]);
}

async function acceptingPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const [, port] = line.match(/^ACCEPT .*:(\d+)$/) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error('s_server ended before it listened');
}
