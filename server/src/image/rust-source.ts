/** A module of tests as rustfmt lays it out at the outermost level: nothing else of such a file begins with a closing brace there. */
const TEST_MODULE = /^#\[cfg\((?:test|all\(test\b[^\n]*)\)\]\n(?:#\[[^\n]*\]\n)*(?:pub )?mod \w+ \{\n[\s\S]*?^\}\n/gm;

/** A Rust file without its modules of tests, which are in no image. Only what is laid out by rustfmt is recognised. */
export function withoutTests(source: string): string {
  return source.replaceAll(TEST_MODULE, '');
}

/** The files that rustc read, of one of its dep-info files (Makefile syntax: `made: read read`, spaces in names escaped). */
export function readDepInfo(text: string): string[] {
  const lines = text.split('\n').flatMap(line => /^[^#]*?: (.+)$/.exec(line)?.[1] ?? []);
  return [...new Set(lines.flatMap(line => line.split(/(?<!\\) /)).map(path => path.replaceAll('\\ ', ' ')))];
}
