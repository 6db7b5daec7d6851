import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { issue, type TestAuthority } from '../authority.ts';

const AUTHORITY_NAME = '/CN=practice test authority';
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const INTERMEDIATES = 8;
const LEAF = ['basicConstraints=critical,CA:false', 'extendedKeyUsage=clientAuth'];

/** Makes with OpenSSL, in the folder of an authority, what a target must refuse: `<name>.pem`, `<name>.key` and `<name>.chain.pem`. */
export function makeChains(authority: TestAuthority): void {
  const file = (name: string) => authority.file(name);
  const chain = (name: string, ...issuers: string[]) =>
    writeFileSync(file(`${name}.chain.pem`), issuers.map(one => readFileSync(file(`${one}.pem`), 'utf8')).join(''));

  selfSigned('stranger', '/CN=somebody else', 'CA:true', EC);
  selfSigned('twin', AUTHORITY_NAME, 'CA:true', EC);
  selfSigned('alone', '/CN=alone', 'CA:false', EC);
  selfSigned('short', '/CN=short', 'CA:false', ['-newkey', 'rsa:1024', '-nodes']);
  sign('strange', 'stranger', '/CN=strange', LEAF);
  sign('lookalike', 'twin', '/CN=practice client', LEAF);
  chain('lookalike', 'twin');
  sign('sha1', 'stranger', '/CN=old', LEAF, 'sha1');
  sign('markup', 'stranger', '/CN=<script>alert(1)<\\/script>/O=a', LEAF);
  issue(authority, 'expired', { days: { from: 60, to: 30 } });
  issue(authority, 'future', { days: { from: -30, to: -60 } });
  sign('below', 'client', '/CN=below a leaf', LEAF);
  chain('below', 'client');
  sign('old', 'ca', '/CN=version 1', []);

  const constraint = 'nameConstraints=critical,permitted;DNS:elsewhere.example';
  sign('narrow', 'ca', '/CN=narrow', [
    'basicConstraints=critical,CA:true',
    'keyUsage=critical,keyCertSign',
    constraint,
  ]);
  const leaf = [...LEAF, 'subjectAltName=DNS:pinata'];
  sign('constrained', 'narrow', '/CN=constrained', leaf);
  chain('constrained', 'narrow');

  const links = Array.from({ length: INTERMEDIATES }, (_, index) => `link${index}`);
  links.forEach((name, index) => {
    sign(name, links[index - 1] ?? 'ca', `/CN=${name}`, [
      'basicConstraints=critical,CA:true',
      'keyUsage=critical,keyCertSign',
    ]);
  });
  sign('long', links.at(-1) ?? 'ca', '/CN=long', leaf);
  chain('long', ...links.toReversed());

  function selfSigned(name: string, subject: string, constraints: string, key: readonly string[]): void {
    const extensions = [`basicConstraints=critical,${constraints}`, 'extendedKeyUsage=clientAuth'];
    const extension = extensions.flatMap(one => ['-addext', one]);
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      file(`${name}.key`),
      '-subj',
      subject,
      ...extension,
      '-out',
      file(`${name}.pem`),
    );
  }

  function sign(name: string, issuer: string, subject: string, extensions: readonly string[], digest = 'sha256'): void {
    const request = file(`${name}.csr`);
    openssl('req', '-new', ...EC, '-keyout', file(`${name}.key`), '-subj', subject, '-out', request);
    writeFileSync(file(`${name}.ext`), `${extensions.join('\n')}\n`);
    const signer = ['-CA', file(`${issuer}.pem`), '-CAkey', file(`${issuer}.key`), '-set_serial', '7', `-${digest}`];
    const more = extensions.length > 0 ? ['-extfile', file(`${name}.ext`)] : [];
    openssl('x509', '-req', '-in', request, ...signer, '-days', '30', ...more, '-out', file(`${name}.pem`));
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
