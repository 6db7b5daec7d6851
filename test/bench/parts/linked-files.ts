import { basename, join } from 'node:path';
import { run } from '../../e2e/command.ts';

const DEADLINE_MS = 120_000;

/**
 * The source files, in any crate, of which some instruction is in the program at `path`: by its table of lines (DWARF), as binutils
 * reads it. Names are as the program has them. Constants alone leave no instruction.
 */
export async function readLinkedFiles(path: string): Promise<string[]> {
  const table = await ask('readelf', ['--wide', '--debug-dump=decodedline', path]);
  const addresses = new Set(table.match(/0x[0-9a-f]+/g));
  const places = await ask('addr2line', ['--exe', path], [...addresses].join('\n'));
  return [...new Set(places.split('\n').map(place => place.replace(/:[0-9?]+(?: \(.*\))?$/, '')))];
}

async function ask(program: string, args: string[], input?: string): Promise<string> {
  const asked = input === undefined ? {} : { input };
  const { status, stdout, stderr } = await run(program, args, { ...asked, deadlineMs: DEADLINE_MS });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

/** The end of a name: a file of a downloaded crate, or one below the guest's sources. The build has mapped all folders to these. */
const MAPPED = /(?:^|\/)(?:crates\/([^/]+)\/([^:]+)|pinata-image\/((?!crates\/)[^:]+))$/;

/** Where such a file is here; null for Rust's own library. `folders` are those of the crates. */
export function findLinked(name: string, sources: string, folders: readonly string[]): string | null {
  const [, crate, inCrate, inSources] = MAPPED.exec(lastMapped(name)) ?? [];
  if (inSources) return join(sources, inSources);
  const folder = folders.find(folder => basename(folder) === crate);
  return folder && inCrate ? join(folder, inCrate) : null;
}

/** Inlined files are named after the folder of the crate that they were inlined into: the last one counts. */
function lastMapped(name: string): string {
  return name.slice(Math.max(0, name.lastIndexOf('crates/'), name.lastIndexOf('pinata-image/')));
}
