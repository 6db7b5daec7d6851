import { mkdir, readFile } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import { PinataError } from '../../errors.ts';
import { buildTwice, circumstances } from '../../image/double-build.ts';
import {
  compareBuilds,
  compareInstalled,
  comparePublished,
  type Finding,
  type Published,
  type StampedImage,
  sha256,
} from '../../image/findings.ts';
import { ensureToolchain } from '../../image/toolchain.ts';
import { openScreen } from '../../up/screen.ts';
import { dashboardUrl } from '../../up/summary.ts';
import { Installation } from '../answers.ts';
import { getJsonFrom } from '../api.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';

const WELL_KNOWN = '/.well-known/pinata.json';
const MARKS = new Map([
  [true, '✓'],
  [false, '✗'],
  [null, '–'],
]);

export const verify: Command = {
  usage: 'verify image [--url URL]',
  summary: 'build the guest image twice and compare it with what is installed and published, here or at a URL',
  flags: { url: { type: 'string' } },
  words: { min: 1, max: 1 },
  run: async ({ flags, words: [what = ''], config, clientConfig, print }) => {
    if (what !== 'image') throw usage(`There is nothing to verify in ${what}; there is: image.`);
    const url = typeof flags['url'] === 'string' ? flags['url'].replace(/\/+$/, '') : null;
    if (url !== null && !URL.canParse(url)) throw usage(`--url is not an address: ${url}`);
    // An installation that is asked for must answer; the one beside us need not run.
    const published = url === null ? await askLocal(clientConfig()) : await askPublished(url);
    const findings = await verifyImage(config(), url ?? dashboardUrl(clientConfig().settings), published, print);
    const against = findings.filter(({ same }) => same === false);
    if (against.length > 0) throw new PinataError('IMAGE_DIFFERS', { why: against.map(({ text }) => text).join('; ') });
    return 0;
  },
};

async function verifyImage(
  { settings, layout }: Config,
  address: string,
  published: Published | null,
  print: (line: string) => void,
): Promise<Finding[]> {
  await mkdir(layout.logs, { recursive: true });
  const screen = openScreen(process.stderr);
  // So that a build that is broken off still clears away its folders.
  const stop = new AbortController();
  const broken = () => stop.abort(new PinataError('USAGE', { why: 'The comparison was broken off.' }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, broken);

  const builder = { logs: layout.logs, signal: stop.signal, say: (line: string) => screen.line(line) };
  const toolchain = await ensureToolchain(builder);
  const pair = circumstances(settings.PINATA_UID_BASE);
  for (const line of describePair(pair)) print(line);
  const [one, other] = await buildTwice({ toolchain, pair, builder, step: (name, work) => screen.step(name, work) });

  const findings = [
    compareBuilds(one.image, other.image),
    compareInstalled(one, settings.PINATA_IMAGE, await readInstalled(settings.PINATA_IMAGE)),
    ...comparePublished(one.image, address, published),
  ];
  for (const { same, text } of findings) print(`${MARKS.get(same)} ${text}`);
  print(`SHA-256 ${sha256(one.image)}`);
  return findings;
}

/** What the two builds do not have in common, as a table. */
function describePair(pair: ReturnType<typeof circumstances>): string[] {
  const user = (uid: number | undefined) =>
    uid === undefined ? 'this one (only root can be two others)' : String(uid);
  const rows: [string, ...string[]][] = [
    ['', 'first build', 'second build'],
    ['folder', ...pair.map(({ folder }) => `…/${folder}`)],
    ['user', ...pair.map(({ account }) => user(account?.uid))],
    ['clock', ...pair.map(({ clockDays }) => (clockDays === 0 ? 'right' : `${clockDays} days ahead`))],
    ['time zone', ...pair.map(({ timeZone }) => timeZone)],
    ['language', ...pair.map(({ language }) => language)],
    ['umask', ...pair.map(({ umask }) => umask)],
    ['compilers at once', ...pair.map(({ jobs }) => (jobs === null ? 'as cargo likes' : String(jobs)))],
    ['std sources beside', ...pair.map(({ standardSources }) => (standardSources ? 'yes' : 'no'))],
  ];
  return rows.map(([name, one = '', other = '']) => `${name.padEnd(20)}${one.padEnd(40)}${other}`);
}

async function askLocal(config: Config): Promise<Published | null> {
  try {
    return await askPublished(dashboardUrl(config.settings));
  } catch (error) {
    if (error instanceof PinataError && error.code === 'NOT_RUNNING') return null;
    throw error;
  }
}

async function askPublished(address: string): Promise<Published> {
  return { address, targets: (await getJsonFrom(address, WELL_KNOWN, Installation)).targets };
}

/** Null if there is no file; one that cannot be read is an error. */
async function readInstalled(path: string): Promise<StampedImage | null> {
  const image = await readFile(path).catch(error => {
    if (error.code === 'ENOENT') return null;
    throw new PinataError('CONFIG_INVALID', { name: 'PINATA_IMAGE', why: error.message }, { cause: error });
  });
  if (!image) return null;
  const stamp = await readFile(path.replace(/\.elf$/, '.stamp'), 'utf8').catch(() => null);
  return { image, stamp: stamp?.trim() ?? null };
}
