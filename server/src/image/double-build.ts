import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { PinataError } from '../errors.ts';
import { runCommand } from '../up/command.ts';
import { type Account, confine } from '../up/confine.ts';
import { cargoPath } from '../up/guest-image.ts';
import type { Builder } from '../up/prepare.ts';
import { shiftedClock } from './shifted-clock.ts';
import { KERNEL, SOURCES, type Toolchain } from './toolchain.ts';
import { furnish, type Workshop } from './workshop.ts';

/** What two builds do not have in common. */
export interface Circumstances {
  readonly account: Account | null;
  /** Below the temporary folder of this comparison. */
  readonly folder: string;
  readonly umask: string;
  readonly timeZone: string;
  readonly language: string;
  /** How far from the right time the clock is. */
  readonly clockDays: number;
  /** How many compilers cargo may run at once; null: as it likes. */
  readonly jobs: number | null;
  readonly standardSources: boolean;
}

export interface Built {
  readonly image: Uint8Array;
  /** Names the sources and the compiler: build.sh writes it beside the image. */
  readonly stamp: string;
  /** Names of the crates outside the standard library that were compiled for it, as rustc writes them. */
  readonly crates: readonly string[];
}

/** Numbers above PINATA_UID_BASE that neither a process nor a machine of an installation has. */
const UID_OFFSETS = [8, 9] as const;
const OPEN_TO_ALL = 0o755;
const OPEN_UMASK = 0o022;

/** Two sets of circumstances that differ in all that can be varied here: other users only for root. */
export function circumstances(uidBase: number): readonly [Circumstances, Circumstances] {
  const root = process.getuid?.() === 0;
  const account = (offset: number): Account | null => (root ? { uid: uidBase + offset, gid: uidBase + offset } : null);
  return [
    {
      account: account(UID_OFFSETS[0]),
      folder: 'one',
      umask: '022',
      timeZone: 'UTC',
      language: 'C',
      clockDays: 0,
      jobs: null,
      standardSources: false,
    },
    {
      account: account(UID_OFFSETS[1]),
      folder: 'the other/of two folders/deeper',
      umask: '077',
      timeZone: 'Pacific/Kiritimati',
      language: 'tr_TR.UTF-8',
      clockDays: 1777,
      jobs: 1,
      standardSources: true,
    },
  ];
}

export interface DoubleBuild {
  /** The guest's sources; the checkout's own unless others are given. */
  readonly sources?: string;
  readonly toolchain: Toolchain;
  readonly pair: readonly [Circumstances, Circumstances];
  readonly builder: Builder;
  /** Called around each of the two builds. */
  step<T>(name: string, work: (say: (line: string) => void) => Promise<T>): Promise<T>;
}

/** Builds the image once under each of the circumstances, from one and the same sources. Throws IMAGE_BUILD_FAILED. */
export async function buildTwice({
  sources = SOURCES,
  toolchain,
  pair,
  builder,
  step,
}: DoubleBuild): Promise<[Built, Built]> {
  await fetchCrates(sources, toolchain, builder);
  // The builders must reach what we lay out for them, whoever we are.
  const umask = process.umask(OPEN_UMASK);
  const base = await mkdtemp(join(tmpdir(), 'pinata-verify-'));
  await chmod(base, OPEN_TO_ALL);
  try {
    const build = (one: Circumstances, name: string, from: string) =>
      step(name, async say => {
        const { account, standardSources } = one;
        const workshop = await furnish({
          folder: join(base, one.folder),
          sources: from,
          toolchain,
          standardSources,
          account,
        });
        return buildIn(workshop, one, { ...builder, say });
      });
    const first = await build(pair[0], 'first build', sources);
    // From the first copy, in case that somebody is at work in the checkout.
    const second = await build(pair[1], 'second build', join(base, pair[0].folder, 'pinata-image'));
    return [first, second];
  } finally {
    process.umask(umask);
    await rm(base, { recursive: true, force: true });
  }
}

async function buildIn(workshop: Workshop, one: Circumstances, builder: Builder): Promise<Built> {
  const { folder, sources } = workshop;
  const variables = {
    PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    CARGO_HOME: join(folder, 'cargo'),
    RUSTUP_HOME: join(folder, 'rustup'),
    CARGO_NET_OFFLINE: 'true',
    TZ: one.timeZone,
    LANG: one.language,
    ...(one.clockDays === 0 ? {} : await shiftedClock(join(folder, 'bin'), one.clockDays)),
    ...(one.jobs === null ? {} : { CARGO_BUILD_JOBS: String(one.jobs) }),
  };
  const script = ['sh', '-c', 'umask "$0" && exec ./build.sh', one.umask];
  const log = join(builder.logs, 'image-verify.log');
  const status = await runCommand({
    argv: [
      'env',
      '--ignore-environment',
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...confine({ account: one.account, deathSignal: 'TERM' }, script),
    ],
    cwd: sources,
    log,
    say: line => builder.say(line),
    signal: builder.signal,
  });
  if (status !== 0) throw new PinataError('IMAGE_BUILD_FAILED', { log });
  const [image, stamp, files] = await Promise.all([
    readFile(join(sources, 'target/pinata.elf')),
    readFile(join(sources, 'target/pinata.stamp'), 'utf8'),
    readdir(join(sources, 'target/image', KERNEL.target, 'release/deps')),
  ]);
  const crates = files.map(file => /^lib(.+)-[0-9a-f]+\.rlib$/.exec(file)?.[1] ?? '').filter(name => name !== '');
  return { image, stamp: stamp.trim(), crates: [...new Set(crates)].sort() };
}

/** Has cargo download what is locked and not there yet; needs no network where all of it is. */
async function fetchCrates(sources: string, { version }: Toolchain, builder: Builder): Promise<void> {
  const log = join(builder.logs, 'image-verify.log');
  const status = await runCommand({
    argv: ['cargo', `+${version}`, 'fetch', '--locked'],
    cwd: sources,
    env: { PATH: cargoPath() },
    log,
    signal: builder.signal,
  });
  if (status !== 0) throw new PinataError('IMAGE_BUILD_FAILED', { log });
}
