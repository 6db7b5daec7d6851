import { join } from 'node:path';
import { PinataError } from '../server/src/errors.ts';
import { QEMU, type Tool } from '../server/src/up/tools.ts';
import { all, cargoTests, check, LONG_TIMEOUT_MS, nodeTests, ROOT } from './run-commands.ts';
import type { Tally } from './run-tally.ts';

export interface Part {
  readonly name: string;
  readonly tools: readonly Tool[];
  run(): Promise<Tally>;
}

/** Crates that exist on the bare machine alone; all others are tested here on the host. */
const BARE = ['pinata-boot', 'pinata-image-kernel'];
const EXCLUDED = BARE.flatMap(name => ['--exclude', name]);
const USES_CURVES = ['pinata-tls', 'pinata-service', 'pinata-hosted', 'pinata-wycheproof'].flatMap(name => [
  '--package',
  name,
]);
const GUEST = join(ROOT, 'pinata-image');
const CORES = 2;

const OPENSSL: Tool = { program: 'openssl', debian: 'openssl' };
const PYTHON: Tool = { program: 'python3', debian: 'python3' };
const SOCAT: Tool = { program: 'socat', debian: 'socat' };
const CURL: Tool = { program: 'curl', debian: 'curl' };
const FAKETIME: Tool = { program: 'faketime', debian: 'faketime' };
const GO: Tool = { program: 'go', debian: 'golang-go' };
const COQ: Tool = { program: 'coqc', debian: 'coq' };
const BINUTILS: Tool = { program: 'nm', debian: 'binutils' };
const CXX: Tool = { program: 'g++', debian: 'g++' };
const IP: Tool = { program: 'ip', debian: 'iproute2' };
const UNSHARE: Tool = { program: 'unshare', debian: 'util-linux' };
const TSHARK: Tool = { program: 'tshark', debian: 'tshark' };
const CHROMIUM: Tool = { program: 'chromium', debian: 'chromium' };
const DOCKER: Tool[] = [
  { program: 'dockerd', debian: 'docker.io' },
  { program: 'docker', debian: 'docker.io' },
  { program: 'iptables', debian: 'iptables' },
  { program: 'debootstrap', debian: 'debootstrap' },
  { program: 'docker-compose', debian: 'docker-compose' },
];

const PARTS: Part[] = [
  {
    name: 'unit',
    tools: [QEMU, OPENSSL, PYTHON, TSHARK, IP, UNSHARE],
    run: () =>
      all(
        () => check('lint', ['biome', 'check', '--error-on-warnings', '.']),
        () => check('types', ['tsc', '--noEmit', '-p', 'tsconfig.json']),
        () => check('svelte-check', ['npm', 'run', '--silent', 'check', '--workspace', 'dashboard']),
        () =>
          nodeTests(
            [
              'server/src/**/*.test.ts',
              'dashboard/src/**/*.test.ts',
              'infra/**/*.test.ts',
              'test/*.test.ts',
              'test/bench/**/*.test.ts',
              'test/scale/*.test.ts',
              'test/hostile/*.test.ts',
              'test/export/*.test.ts',
            ],
            {
              concurrency: CORES,
            },
          ),
      ),
  },
  {
    name: 'guest',
    tools: [QEMU, OPENSSL, COQ, BINUTILS, CXX, PYTHON, GO],
    run: () =>
      all(
        () => check('prepare', ['./prepare.sh'], GUEST),
        () => check('rustfmt', ['cargo', 'fmt', '--all', '--check'], GUEST),
        () => check('rustfmt of the fuzz targets', ['cargo', 'fmt', '--check'], join(GUEST, 'fuzz')),
        () =>
          check(
            'clippy',
            ['cargo', 'clippy', '--workspace', ...EXCLUDED, '--all-targets', '--', '-D', 'warnings'],
            GUEST,
          ),
        () => cargoTests(['test', '--locked', '--workspace', ...EXCLUDED]),
        () => cargoTests(['test', '--locked', '--package', 'pinata-boot', '--test', 'memory']),
        // Whatever uses the curves, with the other library's.
        () => cargoTests(['test', '--locked', ...USES_CURVES, '--features', 'pinata-tls/rustcrypto']),
        () => check('proof', ['./proofs/check.sh'], GUEST),
        () => check('no panic', ['./proofs/no-panic.sh'], GUEST),
        () => check('image', ['./build.sh'], GUEST),
        () => check('fuzz targets', ['./run.sh', 'build'], join(GUEST, 'fuzz')),
        () => nodeTests(['test/guest/*.test.ts'], { concurrency: 1 }),
      ),
  },
  {
    name: 'browser',
    tools: [QEMU, OPENSSL, CHROMIUM],
    run: () => nodeTests(['test/browser/*.test.ts'], { concurrency: 1, timeoutMs: LONG_TIMEOUT_MS }),
  },
  {
    name: 'e2e',
    tools: [QEMU, OPENSSL, SOCAT, CURL, PYTHON, GO, TSHARK, FAKETIME],
    run: () => nodeTests(['test/e2e/*.test.ts'], { concurrency: 1, timeoutMs: LONG_TIMEOUT_MS }),
  },
  {
    name: 'schema',
    tools: [PYTHON],
    run: () => nodeTests(['test/schema/*.test.ts'], { concurrency: 1 }),
  },
  {
    name: 'containers',
    tools: [OPENSSL, ...DOCKER],
    run: () => nodeTests(['test/containers/*.test.ts'], { concurrency: 1, timeoutMs: LONG_TIMEOUT_MS }),
  },
];

/** What takes long, and is left out unless it is asked for. */
const LONG: Part = {
  name: 'long',
  tools: [],
  run: () => nodeTests(['test/long/*.test.ts'], { concurrency: 1, timeoutMs: LONG_TIMEOUT_MS }),
};

/** The parts of these names; all of them for none, with the long ones for `full`. Throws USAGE. */
export function partsNamed(names: readonly string[]): Part[] {
  if (names.length === 0) return PARTS;
  if (names.includes('full')) return [...PARTS, LONG];
  return names.map(name => {
    const part = PARTS.find(one => one.name === name);
    const why = `There is no part ${name}; there are: ${PARTS.map(one => one.name).join(', ')}, full.`;
    if (!part) throw new PinataError('USAGE', { why });
    return part;
  });
}
