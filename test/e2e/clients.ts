import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from './command.ts';

const HERE = join(import.meta.dirname, 'clients');

/** A certificate and its key, as file names. */
export interface Identity {
  cert: string;
  key: string;
}

/** A real TLS client that is not ours. It connects, offers `identity` if it is asked, reads to the end and prints what it saw. */
export interface Client {
  name: string;
  connect(port: number, identity: Identity | null): Promise<Finished>;
}

/** `openssl s_client`, which stays until the peer closes. */
export function openssl(port: number, identity: Identity | null, ...more: string[]): Promise<Finished> {
  const files = identity ? ['-cert', identity.cert, '-key', identity.key] : [];
  return run('openssl', [
    's_client',
    '-connect',
    `127.0.0.1:${port}`,
    '-ign_eof',
    '-servername',
    'pinata',
    ...files,
    ...more,
  ]);
}

/** The clients that take an identity in the same way. */
export const CLIENTS: Client[] = [
  { name: 'openssl s_client', connect: (port, identity) => openssl(port, identity, '-tls1_3') },
  {
    name: 'curl',
    connect: (port, identity) =>
      run('curl', [
        '-sSk',
        '--http0.9',
        '--max-time',
        '30',
        ...(identity ? ['--cert', identity.cert, '--key', identity.key] : []),
        `https://127.0.0.1:${port}/`,
      ]),
  },
  {
    name: 'Node tls',
    connect: (port, identity) => run(process.execPath, [join(HERE, 'client.js'), String(port), ...files(identity)]),
  },
  {
    name: 'Python ssl',
    connect: (port, identity) => run('python3', [join(HERE, 'client.py'), String(port), ...files(identity)]),
  },
  { name: 'Go crypto/tls', connect: (port, identity) => run(goClient(), [String(port), ...files(identity)]) },
];

function files(identity: Identity | null): string[] {
  return identity ? [identity.cert, identity.key] : [];
}

let built: string | undefined;

function goClient(): string {
  if (built === undefined) {
    built = join(mkdtempSync(join(tmpdir(), 'pinata-go-')), 'client');
    execFileSync('go', ['build', '-o', built, '.'], { cwd: join(HERE, 'go'), stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return built;
}
