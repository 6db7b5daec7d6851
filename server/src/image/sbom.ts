import { keyOf, type LinkedCrate } from './linked-crates.ts';

/** A part of Rust's own library, as it comes compiled with rustc. */
export interface StandardCrate {
  readonly name: 'core' | 'alloc' | 'compiler_builtins';
  /** SHA-256 of the compiled library that is linked. */
  readonly sha256: string;
}

export interface Contents {
  /** The image's file and SHA-256. */
  readonly image: { readonly name: string; readonly sha256: string };
  /** The crate that is the image itself. */
  readonly kernel: string;
  readonly target: string;
  readonly rustc: { readonly version: string; readonly description: string };
  readonly standard: readonly StandardCrate[];
  readonly crates: readonly LinkedCrate[];
}

/** As the Rust project's COPYRIGHT and the crate's manifest say. */
const STANDARD_LICENCE: Record<StandardCrate['name'], string> = {
  core: 'MIT OR Apache-2.0',
  alloc: 'MIT OR Apache-2.0',
  compiler_builtins: 'MIT AND Apache-2.0 WITH LLVM-exception AND (MIT OR Apache-2.0)',
};
const STANDARD_USES: Record<StandardCrate['name'], StandardCrate['name'][]> = {
  core: [],
  alloc: ['core', 'compiler_builtins'],
  compiler_builtins: ['core'],
};

/**
 * The bill of materials of an image as a CycloneDX 1.6 document (ECMA-424): each crate whose code the linker was given, and nothing
 * that only ran while it was built. The same contents give the same document: sorted, without serial number and time.
 */
export function sbom(contents: Contents) {
  const { image, kernel, target, rustc, standard, crates } = contents;
  const refs = new Map(crates.map(one => [keyOf(one), purlOf(one)]));
  const standardPurls = new Map(standard.map(({ name }) => [name, standardPurl(name, rustc.version)]));
  const main = crates.find(({ name }) => name === kernel);
  if (!main) throw new Error(`${kernel} is not among the linked crates`);
  const components = [...crates.map(crateComponent), ...standard.map(one => standardComponent(one, rustc))].sort(byRef);
  const dependencies = [
    { ref: image.name, dependsOn: [purlOf(main)] },
    ...crates.map(one => ({
      ref: purlOf(one),
      // Every crate may use core and alloc, and what the compiler puts in; cargo does not say which do.
      dependsOn: [...one.uses.map(use => refs.get(use) ?? use), ...standardPurls.values()].sort(),
    })),
    ...standard.map(({ name }) => ({
      ref: standardPurl(name, rustc.version),
      dependsOn: STANDARD_USES[name].flatMap(use => standardPurls.get(use) ?? []).sort(),
    })),
  ].sort((a, b) => (a.ref < b.ref ? -1 : 1));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', name: 'rustc', version: rustc.description }] },
      component: {
        type: 'firmware',
        'bom-ref': image.name,
        name: image.name,
        version: main.version,
        hashes: [sha256(image.sha256)],
        ...licencesOf(main.licence),
      },
      properties: [{ name: 'pinata:target', value: target }],
    },
    components,
    dependencies,
    compositions: [{ aggregate: 'complete', assemblies: [image.name], dependencies: [image.name] }],
  };
}

/** Package URL (purl-spec). Our own crates are in no registry, and a namesake there would be somebody else's. */
export function purlOf({ name, version, own }: { name: string; version: string; own: boolean }): string {
  return own ? `pkg:generic/pinata/${name}@${version}` : `pkg:cargo/${name}@${encodeURIComponent(version)}`;
}

const standardPurl = (name: string, version: string) => `pkg:github/rust-lang/rust@${version}#library/${name}`;

function crateComponent(crate: LinkedCrate) {
  const { name, version, patched, description, repository, licence, checksum, features } = crate;
  return {
    type: 'library',
    'bom-ref': purlOf(crate),
    name,
    version,
    ...(description === null ? {} : { description }),
    scope: 'required',
    ...(checksum === null ? {} : { hashes: [sha256(checksum)] }),
    ...licencesOf(licence),
    purl: purlOf(crate),
    ...(patched ? { pedigree: pedigreeOf(crate) } : {}),
    ...(repository === null ? {} : { externalReferences: [{ type: 'vcs', url: repository }] }),
    ...(features.length === 0
      ? {}
      : { properties: [{ name: 'pinata:features', value: [...features].sort().join(',') }] }),
  };
}

function pedigreeOf(crate: LinkedCrate) {
  const { name, version } = crate;
  return {
    ancestors: [{ type: 'library', name, version, purl: purlOf(crate) }],
    notes: 'changed before it is compiled, as the sources of the image say',
  };
}

function standardComponent({ name, sha256: hash }: StandardCrate, rustc: Contents['rustc']) {
  const purl = standardPurl(name, rustc.version);
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version: rustc.version,
    description: `of Rust ${rustc.description}; the hash is that of the compiled library which comes with the compiler`,
    scope: 'required',
    hashes: [sha256(hash)],
    ...licencesOf(STANDARD_LICENCE[name]),
    purl,
    externalReferences: [{ type: 'vcs', url: 'https://github.com/rust-lang/rust' }],
  };
}

const sha256 = (content: string) => ({ alg: 'SHA-256', content });
const licencesOf = (expression: string | null) => (expression === null ? {} : { licenses: [{ expression }] });
const byRef = (a: { 'bom-ref': string }, b: { 'bom-ref': string }) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1);
