import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { practiceAuthority } from '../../server/src/keys/practice-authority.ts';
import { ensureTools, QEMU } from '../../server/src/up/tools.ts';
import { startBareGuest } from './parts/bare-guest.ts';
import { Boots } from './parts/boots.ts';
import { comparisonLine, headLine, type Line } from './parts/comparison.ts';
import { compareUnderLoad } from './parts/guest-loads.ts';
import { builtImage } from './parts/image.ts';
import { measureInstallation } from './parts/installation-loads.ts';
import { type BootFiles, makeBootFiles } from './parts/linux-boot-files.ts';
import { startLinuxGuest } from './parts/linux-guest.ts';
import { Load } from './parts/load.ts';
import type { ServingMachine } from './parts/machine.ts';
import { cpuSeconds, peakMiB, printMachine, printOthers } from './parts/report.ts';

/**
 * The guest's numbers beside those of a minimal Linux with OpenSSL, in turn, in one run: under the same QEMU and processor, with
 * the same certificates, through the same user network, with the same load generator on the same two cores. Then our guest once
 * more through a whole installation, as attackers meet it.
 */
const ROUNDS = 5;
const BOOTS = 5;
/** Beside the first, which shows that it boots at all. It takes as long as many of ours. */
const LINUX_BOOTS_MORE = 2;
const IDLE_MS = 5_000;
const [OURS, LINUX] = ['guest', 'Linux'];
const BYTES_PER_MB = 1e6;

const say = (line: string) => console.error(line);
const print = (line: Line) => console.log(comparisonLine(line));

await ensureTools([QEMU], say);
const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
try {
  const authority = await practiceAuthority(folder);
  const image = await builtImage(say);
  const load = await Load.start(folder);
  printMachine('guest');
  await printOthers();
  const { files, boots: linux } = await linuxOrWhyNot(load);
  console.log(`load generator: crypto/tls of ${load.version}; comparison: ${files?.versions ?? 'left out'}`);

  const given = new Boots(() => startBareGuest({ image, authority }));
  const born = new Boots(() => startBareGuest({ image, authority: null }));
  for (let boot = 0; boot < BOOTS; boot++) {
    await born.once(null);
    await given.once(load);
    if (boot < LINUX_BOOTS_MORE) await linux?.once(load);
  }
  console.log(headLine('start', OURS, LINUX));
  const sizes = { ours: image.bytes.length / BYTES_PER_MB, other: files && sizeOf(files) / BYTES_PER_MB };
  print({ name: 'image, MB', ...sizes, digits: 2, goal: { atMost: 1.5 } });
  print({ name: 'QEMU itself, until the machine runs, ms', ours: given.ms(machine => machine.hypervisorMs) });
  const soon = { atMost: 60 };
  print({ name: '→ listening, ms', ours: given.listeningMs, other: linux?.listeningMs, goal: soon });
  print({ name: '→ listening, authority born in the guest, ms', ours: born.listeningMs, goal: soon });
  print({
    name: '→ first mutual handshake, ms',
    ours: given.handshakeMs,
    other: linux?.handshakeMs,
    goal: { atMost: 100 },
  });

  const guest = await startBareGuest({ image, authority });
  const other = files ? await startLinuxGuest(files) : null;
  try {
    const [idle, otherIdle] = await Promise.all([idleShare(guest.pid), other && idleShare(other.pid)]);
    print({ name: 'idle, % of a core', ours: idle, other: otherIdle, digits: 1, goal: { atMost: 3 } });
    await compareUnderLoad(
      { title: OURS, load, server: guest },
      other && { title: LINUX, load, server: other, isHybrid: false },
      { rounds: ROUNDS, hasGoals: true },
    );
    console.log(headLine('memory', OURS, LINUX));
    print({ name: 'given to the machine, MiB', ours: guest.memoryMiB, other: other?.memoryMiB, goal: { atMost: 16 } });
    const peaks = { ours: peakMiB(guest.pid), other: other && peakMiB(other.pid) };
    print({ name: "QEMU's peak, MiB", ...peaks, goal: { atMost: 64 } });
  } finally {
    await Promise.all([guest.stop(), other?.stop()]);
    await load.stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}
await measureInstallation();
console.log('\nThe library by itself: ./pinata bench native; lines of code that one trusts: ./pinata bench code.');

/** The comparison, booted once; nothing where it cannot be made here, which is said. */
async function linuxOrWhyNot(load: Load): Promise<{ files?: BootFiles; boots?: Boots<ServingMachine> }> {
  try {
    const files = await makeBootFiles(folder, say);
    const boots = new Boots(() => startLinuxGuest(files));
    await boots.once(load);
    return { files, boots };
  } catch (error) {
    say(`the comparison with Linux and OpenSSL is left out: ${error instanceof Error ? error.message : error}`);
    return {};
  }
}

function sizeOf({ kernel, initramfs }: BootFiles): number {
  return statSync(kernel).size + statSync(initramfs).size;
}

/** Processor time of a process that has nothing to do, in % of a core. */
async function idleShare(pid: number): Promise<number> {
  const before = cpuSeconds(pid);
  await new Promise(resolve => setTimeout(resolve, IDLE_MS));
  return ((cpuSeconds(pid) - before) / (IDLE_MS / 1000)) * 100;
}
