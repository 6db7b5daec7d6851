import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An authority made by OpenSSL, in the form that the practice target is given one, and whose CA key the test holds. */
export interface TestAuthority {
  readonly folder: string;
  file(name: string): string;
}

export interface LeafOptions {
  key?: 'p256' | 'p384' | 'rsa' | 'ed25519';
  usage?: 'clientAuth' | 'serverAuth' | 'none';
  /** Days before today that it begins and ends. */
  days?: { from: number; to: number };
  subject?: string;
}

const CA_SUBJECT = '/CN=practice test authority';

/** Makes `ca`, `server` and `client` (P-256) in `folder`. */
export async function makeAuthority(folder: string, subject: string = CA_SUBJECT): Promise<TestAuthority> {
  mkdirSync(folder, { recursive: true });
  const authority: TestAuthority = { folder, file: name => join(folder, name) };
  makeKey(authority.file('ca.key'), 'p256');
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    authority.file('ca.key'),
    '-subj',
    subject,
    '-days',
    '3650',
    '-sha256',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-out',
    authority.file('ca.pem'),
  );
  issue(authority, 'server', { usage: 'serverAuth', subject: '/CN=pinata' });
  issue(authority, 'client', { usage: 'clientAuth', subject: '/CN=practice client' });
  return authority;
}

/** Issues `<name>.pem` and `<name>.key`. */
export function issue(authority: TestAuthority, name: string, options: LeafOptions = {}): void {
  const { key = 'p256', usage = 'clientAuth', days = { from: 1, to: -365 }, subject = `/CN=${name}` } = options;
  makeKey(authority.file(`${name}.key`), key);
  const extensions = ['basicConstraints=CA:FALSE', 'keyUsage=critical,digitalSignature'];
  if (usage !== 'none') extensions.push(`extendedKeyUsage=${usage}`);
  if (usage === 'serverAuth') extensions.push('subjectAltName=DNS:pinata');
  writeFileSync(authority.file(`${name}.ext`), `${extensions.join('\n')}\n`);
  openssl(
    'req',
    '-new',
    '-key',
    authority.file(`${name}.key`),
    '-subj',
    subject,
    '-out',
    authority.file(`${name}.csr`),
  );
  const database = authority.file(`${name}.database`);
  writeFileSync(database, '');
  writeFileSync(authority.file(`${name}.serial`), `${serial()}\n`);
  writeFileSync(
    authority.file(`${name}.cnf`),
    [
      '[ca]',
      'default_ca = it',
      '[it]',
      `database = ${database}`,
      `serial = ${authority.file(`${name}.serial`)}`,
      `new_certs_dir = ${authority.folder}`,
      'default_md = sha256',
      'policy = any',
      'unique_subject = no',
      '[any]',
      'commonName = supplied',
      'organizationName = optional',
    ].join('\n'),
  );
  openssl(
    'ca',
    '-batch',
    '-config',
    authority.file(`${name}.cnf`),
    '-in',
    authority.file(`${name}.csr`),
    '-notext',
    '-cert',
    authority.file('ca.pem'),
    '-keyfile',
    authority.file('ca.key'),
    '-extfile',
    authority.file(`${name}.ext`),
    '-startdate',
    utc(-days.from),
    '-enddate',
    utc(-days.to),
    '-out',
    authority.file(`${name}.pem`),
  );
}

function makeKey(path: string, kind: NonNullable<LeafOptions['key']>): void {
  const algorithm = {
    p256: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    p384: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
    ed25519: ['ED25519'],
  }[kind];
  openssl('genpkey', '-algorithm', ...algorithm, '-out', path);
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** ASN.1 time `days` from now. */
function utc(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

function serial(): string {
  return `1${Math.floor(Math.random() * 2 ** 40)
    .toString(16)
    .padStart(11, '0')
    .toUpperCase()}`;
}
