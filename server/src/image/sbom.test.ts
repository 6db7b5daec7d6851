import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { cargoPath } from '../up/guest-image.ts';
import { askLinkedCrates } from './ask-crates.ts';
import { joinCrates } from './linked-crates.ts';
import { type Contents, sbom } from './sbom.ts';
import { ensureToolchain, SOURCES } from './toolchain.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const crates = joinCrates({
  tree: fixture('preface-tree.txt'),
  metadata: JSON.parse(fixture('preface-metadata.json')),
  lock: fixture('preface-Cargo.lock'),
});
const contents: Contents = {
  image: { name: 'pinata.elf', sha256: 'a'.repeat(64) },
  kernel: 'pinata-preface',
  target: 'x86_64-unknown-linux-gnu',
  rustc: { version: '1.95.0', description: '1.95.0 (59807616e 2026-04-14)' },
  standard: (['core', 'alloc', 'compiler_builtins'] as const).map(name => ({ name, sha256: 'b'.repeat(64) })),
  crates,
};

/** The parts of the published schema of CycloneDX 1.6 that we use, with its closed objects and patterns. */
const closed = { additionalProperties: false } as const;
const Hashes = Type.Array(
  Type.Object({ alg: Type.Literal('SHA-256'), content: Type.String({ pattern: '^[a-f0-9]{64}$' }) }, closed),
);
const Licences = Type.Array(Type.Object({ expression: Type.String({ minLength: 1 }) }, closed), { maxItems: 1 });
const Properties = Type.Array(Type.Object({ name: Type.String(), value: Type.String() }, closed));
const Ref = Type.String({ minLength: 1 });
const Component = Type.Object(
  {
    type: Type.Literal('library'),
    'bom-ref': Ref,
    name: Type.String({ minLength: 1 }),
    version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+' }),
    description: Type.Optional(Type.String()),
    scope: Type.Literal('required'),
    hashes: Type.Optional(Hashes),
    licenses: Licences,
    purl: Type.String({ pattern: '^pkg:(cargo|generic/pinata|github/rust-lang)/' }),
    pedigree: Type.Optional(
      Type.Object(
        {
          ancestors: Type.Array(
            Type.Object({ type: Type.Literal('library'), name: Ref, version: Ref, purl: Ref }, closed),
          ),
          notes: Type.String(),
        },
        closed,
      ),
    ),
    externalReferences: Type.Optional(
      Type.Array(Type.Object({ type: Type.Literal('vcs'), url: Type.String({ pattern: '^https://' }) }, closed)),
    ),
    properties: Type.Optional(Properties),
  },
  closed,
);
const Bom = Type.Object(
  {
    $schema: Type.Literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
    bomFormat: Type.Literal('CycloneDX'),
    specVersion: Type.Literal('1.6'),
    version: Type.Integer({ minimum: 1 }),
    metadata: Type.Object(
      {
        lifecycles: Type.Array(Type.Object({ phase: Type.Literal('build') }, closed)),
        tools: Type.Object(
          {
            components: Type.Array(
              Type.Object({ type: Type.Literal('application'), name: Ref, version: Type.String() }, closed),
            ),
          },
          closed,
        ),
        component: Type.Object(
          {
            type: Type.Literal('firmware'),
            'bom-ref': Ref,
            name: Ref,
            version: Type.String(),
            hashes: Hashes,
            licenses: Licences,
          },
          closed,
        ),
        properties: Properties,
      },
      closed,
    ),
    components: Type.Array(Component),
    dependencies: Type.Array(Type.Object({ ref: Ref, dependsOn: Type.Array(Ref, { uniqueItems: true }) }, closed)),
    compositions: Type.Array(
      Type.Object(
        { aggregate: Type.Literal('complete'), assemblies: Type.Array(Ref), dependencies: Type.Array(Ref) },
        closed,
      ),
    ),
  },
  closed,
);

/** What is written, checked: JSON of the shape, references unique and all leading somewhere. */
function checkedBom(from: Contents): Static<typeof Bom> {
  const written: unknown = JSON.parse(JSON.stringify(sbom(from)));
  assert.deepEqual(Value.Errors(Bom, written), []);
  const bom = Value.Parse(Bom, written);
  const refs = [bom.metadata.component, ...bom.components].map(one => one['bom-ref']);
  assert.equal(new Set(refs).size, refs.length);
  assert.deepEqual(bom.dependencies.map(({ ref }) => ref).sort(), [...refs].sort());
  for (const { ref, dependsOn } of bom.dependencies) {
    for (const use of dependsOn) assert.ok(refs.includes(use) && use !== ref, `${ref} uses ${use}`);
  }
  return bom;
}

test('the document has the shape of CycloneDX 1.6', () => {
  assert.equal(checkedBom(contents).components.length, crates.length + 3);
});

test('a crate of a registry has its checksum and package URL; ours cannot be mistaken for a namesake there', () => {
  const { components } = checkedBom(contents);
  const digest = components.find(({ name }) => name === 'digest');
  assert.equal(digest?.purl, 'pkg:cargo/digest@0.11.3');
  assert.ok(fixture('preface-Cargo.lock').includes(digest.hashes?.[0]?.content ?? 'none'));
  assert.deepEqual(digest.properties, [{ name: 'pinata:features', value: 'block-api,default,mac' }]);
  const own = components.find(({ name }) => name === 'pinata-preface');
  assert.equal(own?.purl, 'pkg:generic/pinata/pinata-preface@0.1.0');
  assert.equal(own.hashes, undefined);
});

test('a crate that is changed here says so', () => {
  const patched = crates.map(one => (one.name === 'digest' ? { ...one, patched: true, checksum: null } : one));
  const { components } = checkedBom({ ...contents, crates: patched });
  assert.deepEqual(
    components.filter(({ pedigree }) => pedigree).map(({ pedigree }) => pedigree?.ancestors[0]?.purl),
    ['pkg:cargo/digest@0.11.3'],
  );
});

test('core, alloc and compiler_builtins have the version of rustc', () => {
  const { components } = checkedBom(contents);
  assert.deepEqual(
    components.filter(({ purl }) => purl.startsWith('pkg:github')).map(({ name, version }) => `${name} ${version}`),
    ['alloc 1.95.0', 'compiler_builtins 1.95.0', 'core 1.95.0'],
  );
});

test('the same contents in any order give the same bytes, and nothing in them is a time', () => {
  const turned = { ...contents, crates: crates.toReversed(), standard: contents.standard.toReversed() };
  const text = JSON.stringify(sbom(contents));
  assert.equal(JSON.stringify(sbom(turned)), text);
  assert.doesNotMatch(text, /timestamp|serialNumber/);
});

test('an image that is not among its own crates is refused', () => {
  assert.throws(() => sbom({ ...contents, kernel: 'another' }), /another/);
});

/** Asked apart from what is tested: plain names, the macros left out, which run in the compiler. */
function cargoTree(version: string): string[] {
  const image = '-p pinata-image-kernel --target x86_64-unknown-linux-gnu -e normal,no-proc-macro';
  const answer = execFileSync('cargo', `+${version} tree --locked ${image} --prefix none`.split(' '), {
    cwd: SOURCES,
    env: { ...process.env, PATH: cargoPath() },
    encoding: 'utf8',
  });
  const keys = answer.split('\n').flatMap(line => /^(\S+) v(\S+)/.exec(line)?.slice(1, 3).join('@') ?? []);
  return [...new Set(keys)].sort();
}

let bom: Static<typeof Bom>;
let version: string;
before(async () => {
  const toolchain = await ensureToolchain({
    logs: tmpdir(),
    signal: new AbortController().signal,
    say: () => undefined,
  });
  version = toolchain.version;
  bom = checkedBom({ ...contents, kernel: 'pinata-image-kernel', crates: await askLinkedCrates(toolchain) });
});

test("the image's bill has every crate of cargo tree and nothing else", () => {
  const listed = bom.components.filter(({ purl }) => !purl.startsWith('pkg:github'));
  const names = listed.map(({ name, version }) => `${name}@${version}`).sort();
  assert.ok(names.length > 50);
  assert.deepEqual(names, cargoTree(version));
});

test('every crate of the image has a licence, and every one that is not ours, or changed by us, a checksum', () => {
  for (const { name, purl, pedigree, hashes, licenses } of bom.components) {
    assert.equal(licenses.length, 1, name);
    assert.equal(hashes?.length ?? 0, purl.startsWith('pkg:generic/pinata/') || pedigree ? 0 : 1, name);
  }
});
