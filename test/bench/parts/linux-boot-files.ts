import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ensureTools, findProgram, type Tool } from '../../../server/src/up/tools.ts';
import { cacheFolder } from './cache.ts';
import { currentOf, unpackedPackage } from './debian-package.ts';
import { DOCUMENT_BYTES, INIT, MODULES } from './linux-init.ts';

/** Debian's kernel for virtual machines, the small one. */
const KERNEL = 'linux-image-cloud-amd64';
const BUSYBOX = 'busybox-static';
const TOOLS: Tool[] = [
  { program: 'apt-get', debian: 'apt' },
  { program: 'dpkg-deb', debian: 'dpkg' },
  { program: 'cpio', debian: 'cpio' },
  { program: 'openssl', debian: 'openssl' },
];
const ARCHIVE_BYTES_MAX = 256 << 20;

/** What QEMU boots. */
export interface BootFiles {
  readonly kernel: string;
  readonly initramfs: string;
  /** Which Linux and which OpenSSL. */
  readonly versions: string;
}

/**
 * Makes a minimal Linux with OpenSSL out of Debian's packages and the credentials (ca.pem, server.pem, server.key) of a folder.
 * Throws where that is no Debian, or its packages cannot be had.
 */
export async function makeBootFiles(credentials: string, say: (line: string) => void): Promise<BootFiles> {
  await ensureTools(TOOLS, say);
  const packages = { kernel: await unpackedPackage(await currentOf(KERNEL)), busybox: await unpackedPackage(BUSYBOX) };
  const files = filesBelow(packages.kernel);
  const kernel = files.find(path => basename(path).startsWith('vmlinuz-'));
  const openssl = findProgram('openssl');
  if (!kernel || !openssl) throw new Error('the kernel package holds no kernel');

  const root = cacheFolder('linux-root');
  rmSync(root, { recursive: true });
  const put = (from: string, to: string) => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(from, join(root, to));
  };
  for (const name of ['proc', 'dev', 'served']) mkdirSync(join(root, name), { recursive: true });
  put(join(packages.busybox, 'bin/busybox'), 'bin/busybox');
  put(openssl, 'bin/openssl');
  for (const library of librariesOf(openssl)) put(library, library);
  for (const name of MODULES) {
    put(files.find(path => basename(path) === `${name}.ko`) ?? '', `modules/${name}.ko`);
  }
  for (const name of ['ca.pem', 'server.pem', 'server.key']) put(join(credentials, name), `tls/${name}`);
  writeFileSync(join(root, 'served/document'), 'x'.repeat(DOCUMENT_BYTES));
  writeFileSync(join(root, 'init'), INIT);
  chmodSync(join(root, 'init'), 0o755);

  const initramfs = `${root}.cpio.gz`;
  writeFileSync(initramfs, gzipSync(archiveOf(root), { level: 9 }));
  const release = basename(kernel).slice('vmlinuz-'.length);
  const version = execFileSync(openssl, ['version'], { encoding: 'utf8' }).split(' ').slice(0, 2).join(' ');
  return { kernel, initramfs, versions: `Linux ${release}, ${version}` };
}

/** In the form that Linux unpacks at its start. */
function archiveOf(root: string): Buffer {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return execFileSync('cpio', ['--create', '--format=newc', '--owner=0:0', '--quiet'], {
    ...{ cwd: root, input: `${names.join('\n')}\n`, maxBuffer: ARCHIVE_BYTES_MAX },
  });
}

/** The shared libraries of a program, its loader included. */
function librariesOf(program: string): string[] {
  return execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
}
