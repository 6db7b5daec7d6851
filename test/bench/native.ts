import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { practiceAuthority } from '../../server/src/keys/practice-authority.ts';
import { run } from '../e2e/command.ts';
import type { Group } from './parts/load.ts';
import { buildNativePrograms, type NativePrograms } from './parts/native-programs.ts';
import { interleaved, printFigure, printMachine, printOthers } from './parts/report.ts';

/**
 * Processor time of a full mutual TLS 1.3 handshake in the server alone, on one core, without a guest: our configuration beside
 * other libraries, with the same certificates (P-256) and cipher suite, in memory, in turn. Rust is compiled at its highest level
 * without regard to size, unlike the image.
 */
const ROUNDS = 7;
const HANDSHAKES = 400;
const GOAL_MS = 0.2;
const CLASSICAL: Group = 'X25519';
const HYBRID: Group = 'X25519MLKEM768';
const OURS = 'ours, curves of graviola';

interface Contender {
  readonly name: string;
  /** Whether it has the post-quantum key exchange. */
  readonly isHybrid: boolean;
  readonly command: (folder: string, group: Group) => string[];
}

const programs = await buildNativePrograms(line => console.error(line));
const contenders = contendersOf(programs);
const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
try {
  const { given } = await practiceAuthority(folder);
  writeFileSync(join(folder, 'server.scalar'), given.serverKey);
  writeFileSync(join(folder, 'client.scalar'), given.clientKey);
  printMachine('native');
  await printOthers();
  for (const [group, some] of [
    [CLASSICAL, contenders],
    [HYBRID, contenders.filter(({ isHybrid }) => isHybrid)],
  ] as const) {
    const times = await interleaved(
      ROUNDS,
      Object.fromEntries(some.map(({ name, command }) => [name, () => microseconds(command(folder, group))])),
    );
    console.log(`\nms of one core per full mutual handshake in the server, ${group}; and by ours`);
    const ours = (times[OURS] ?? Number.NaN) / 1000;
    for (const { name } of some) {
      const ms = (times[name] ?? Number.NaN) / 1000;
      const goal = name === OURS && group === CLASSICAL ? { text: `≤ ${GOAL_MS}`, met: ms <= GOAL_MS } : undefined;
      printFigure(`  ${name}`, `${ms.toFixed(3)}  ${(ms / ours).toFixed(2)} ×`, goal);
    }
  }
  console.log('\nOCaml-TLS is left out: Debian has no package of it.');
} finally {
  rmSync(folder, { recursive: true });
}

function contendersOf({ rust, rustcrypto, go, libssl }: NativePrograms): Contender[] {
  const inRust = (program: string, library: string) => (where: string, group: Group) => [
    ...[program, where, library, group, String(HANDSHAKES)],
  ];
  return [
    { name: OURS, isHybrid: true, command: inRust(rust, 'ours') },
    { name: 'ours, curves of RustCrypto', isHybrid: false, command: inRust(rustcrypto, 'ours') },
    { name: 'rustls with aws-lc-rs', isHybrid: true, command: inRust(rust, 'rustls+aws-lc-rs') },
    { name: 'rustls with ring', isHybrid: false, command: inRust(rust, 'rustls+ring') },
    ...(go
      ? [
          {
            name: 'Go crypto/tls',
            isHybrid: true,
            command: (where: string, group: Group) => [go, where, group, String(HANDSHAKES)],
          },
        ]
      : []),
    ...(libssl ? [{ name: `libssl ${libssl}`, isHybrid: false, command: inRust(rust, 'libssl') }] : []),
  ];
}

/** What a native program prints. */
async function microseconds([program = '', ...argv]: readonly string[]): Promise<number> {
  const { status, stdout, stderr } = await run(program, argv);
  if (status !== 0) throw new Error(`${program} ${argv.join(' ')}: ${stderr}`);
  return Number(stdout);
}
