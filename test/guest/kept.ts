import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { openSpool, type Spool } from '../../server/src/spool/spool.ts';
import type { Hypervisor } from '../../server/src/supervisor/hypervisor.ts';
import type { GuestImage } from '../../server/src/supervisor/image.ts';
import { Keeper } from '../../server/src/supervisor/keeper.ts';
import { Qemu } from '../../server/src/supervisor/qemu.ts';
import { findQemu } from '../../server/src/supervisor/qemu-binary.ts';
import { Recorder } from '../../server/src/supervisor/recorder.ts';
import { GUEST_LIMITS } from '../../server/src/supervisor/targets.ts';
import type { Fact } from '../../server/src/wire/facts.ts';
import { openProvider } from './one-boot.ts';

const HOUR_MS = 3_600_000;
const READY_DEADLINE_MS = 30_000;

/** Targets under the supervisor's own keepers, recorder and spool. */
export interface Supervised {
  /** Where the spool is. */
  readonly folder: string;
  /** What the supervisor itself wrote down: boots, readiness, ends, losses. What guests told it is only counted. */
  readonly facts: Fact[];
  told(): number;
  /** The most memory that any machine's process had resident so far, of those that still run. */
  peakBytes(): number;
  /** Keeps a target whose boots are of these images in turn, the last one for ever; resolves when it has been ready once. */
  keep(name: string, images: readonly GuestImage[]): Promise<Keeper>;
}

/** Everything ends with the test. */
export async function supervise(t: TestContext, spoolBytes: number): Promise<Supervised> {
  const root = mkdtempSync(join(tmpdir(), 'pinata-hostile-'));
  const [folder, machines] = [join(root, 'spool'), join(root, 'machines')];
  mkdirSync(machines);
  const facts: Fact[] = [];
  let told = 0;
  const real = await openSpool({ folder, name: 'supervisor', capBytes: spoolBytes });
  const spool: Spool = {
    ...{
      epoch: real.epoch,
      flush: () => real.flush(),
      flushed: () => real.flushed(),
      hasRoom: bytes => real.hasRoom(bytes),
    },
    ...{ reserve: bytes => real.reserve(bytes), serve: path => real.serve(path), close: () => real.close() },
    append: fact => {
      if (fact.kind === 'guest') told++;
      else facts.push(fact);
      real.append(fact);
    },
  };
  const recorder = new Recorder(spool);
  const qemu = new Qemu({ binary: await findQemu(), accelerator: 'tcg', folder: machines, user: () => null });
  const running = new Set<number>();
  const hypervisor: Hypervisor = {
    start: async order => {
      const machine = await qemu.start(order);
      running.add(machine.pid);
      void machine.ended.then(() => running.delete(machine.pid));
      return machine;
    },
  };
  const keepers: Keeper[] = [];
  t.after(async () => {
    await Promise.all(keepers.map(keeper => keeper.stop()));
    recorder.stop();
    await real.close();
    rmSync(root, { recursive: true });
  });
  return {
    folder,
    facts,
    told: () => told,
    peakBytes: () => Math.max(0, ...[...running].map(peakBytesOf)),
    keep: async (name, images) => {
      let boots = 0;
      const keeper = new Keeper({
        plan: {
          ...{ name, place: 0, prize: false, network: 'regtest', publicUrl: 'http://127.0.0.1', limits: GUEST_LIMITS },
          ...{ provider: openProvider, authority: null },
        },
        hypervisor,
        readImage: async () => {
          const image = images[Math.min(boots++, images.length - 1)];
          if (!image) throw new Error('no image');
          return image;
        },
        recorder,
        plannedRestartMs: HOUR_MS,
        show: () => {},
        log: pino({ level: 'silent' }),
      });
      keepers.push(keeper);
      await keeper.start(READY_DEADLINE_MS);
      return keeper;
    },
  };
}

/** Linux' VmHWM, or 0 where the process is no more. */
function peakBytesOf(pid: number): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
