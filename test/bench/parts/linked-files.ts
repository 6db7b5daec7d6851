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

/** Where sources are here. */
export interface Places {
  /** The guest's own. */
  readonly sources: string;
  /** Of Rust's own library. */
  readonly library: string;
  /** The folders of the crates. */
  readonly crates: readonly string[];
}

/** The end of a name: a file of a downloaded crate, or one below the guest's sources. The build has mapped all folders to these. */
const MAPPED = /(?:^|\/)(?:crates\/([^/]+)\/([^:]+)|pinata-image\/((?!crates\/)[^:]+))$/;
/** Rust's own library has been compiled elsewhere. */
const STANDARD = /^(?:\/rustc\/[0-9a-f]+\/)?library\/([^:]+)$/;

/** Where such a file is here; null for what is no file. */
export function findLinked(name: string, { sources, library, crates }: Places): string | null {
  const [, inLibrary] = STANDARD.exec(name) ?? [];
  if (inLibrary) return join(library, inLibrary);
  const [, crate, inCrate, inSources] = MAPPED.exec(lastMapped(name)) ?? [];
  if (inSources) return join(sources, inSources);
  const folder = crates.find(folder => basename(folder) === crate);
  return folder && inCrate ? join(folder, inCrate) : null;
}

/** Inlined files are named after the folder of the crate that they were inlined into: the last one counts. */
function lastMapped(name: string): string {
  return name.slice(Math.max(0, name.lastIndexOf('crates/'), name.lastIndexOf('pinata-image/')));
}
