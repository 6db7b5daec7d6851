import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const WORKSPACES = ['package.json', 'server/package.json', 'dashboard/package.json', 'test/package.json'];

function npmDependencies(): string[] {
  return WORKSPACES.flatMap(path => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path)) as Record<
      string,
      Record<string, string>
    >;
    return [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  });
}

/** What the crates of the guest and of the benches ask for, our own left out. */
function crateDependencies(): string[] {
  const manifests = globSync(['pinata-image/*/Cargo.toml', 'test/bench/*/Cargo.toml'], { cwd: ROOT }).map(read);
  const sections = manifests.flatMap(text => [
    ...text.matchAll(/^\[(?:[^\]]*\.)?(?:dev-)?dependencies\]\n([\s\S]*?)(?=\n\[|$(?![\s\S]))/gm),
  ]);
  const names = sections.flatMap(([, body = '']) =>
    [...body.matchAll(/^([a-z0-9_-]+)(?:\.workspace)? *=/gm)].map(match => match[1] ?? ''),
  );
  return names.filter(name => !name.startsWith('pinata-'));
}

test('docs/dependencies.md has every direct dependency and no other', () => {
  const rows = read('docs/dependencies.md')
    .split('\n')
    .filter(line => line.startsWith('| `'));
  const written = rows.flatMap(row =>
    [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(match => match[1] ?? ''),
  );
  const real = [...npmDependencies(), ...crateDependencies()];
  assert.ok(real.length > 40);
  assert.deepEqual([...new Set(written)].sort(), [...new Set(real)].sort());
});

test('every relative link of the documents leads to a file', () => {
  for (const path of [
    'README.md',
    'ARCHITECTURE.md',
    'SECURITY.md',
    'docs/operations.md',
    'docs/dependencies.md',
    'pinata-image/VERIFICATION.md',
  ]) {
    for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:|#|\/)([^)#]+)/g)) {
      assert.ok(existsSync(join(ROOT, path, '..', target)), `${path}: ${target}`);
    }
  }
});
