import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../run-commands.ts';

const CRATES = join(ROOT, 'pinata-image');
const rows = readFileSync(join(CRATES, 'SPECIFICATION.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (property|constant) \|/.test(line))
  .map(line => line.slice(2, -2).split(' | '));

const quoted = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '');

/** Whether a source defines a test of this name. */
function defines(source: string, path: string, name: string): boolean {
  const text = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const form = path.endsWith('.rs')
    ? `#\\[test\\]\\s(?:\\s*#\\[.*\\]\\s)*\\s*fn ${text}\\(`
    : `\\btest\\(\\s*['\`]${text}['\`],`;
  return new RegExp(form).test(source);
}

test('every property names tests that exist', () => {
  const properties = rows.filter(row => row.length === 2);
  assert.ok(properties.length > 40);
  for (const [property, enforced] of properties) {
    const [path = '', ...names] = quoted(enforced);
    const file = join(path.startsWith('test/') || path.startsWith('server/') ? ROOT : CRATES, path);
    assert.ok(existsSync(file), `${property}: ${path}`);
    const source = readFileSync(file, 'utf8');
    assert.ok(names.length > 0, property);
    for (const name of names) assert.ok(defines(source, path, name), `${property}: ${path} has no test ${name}`);
  }
});

test('every constant is in its source as quoted', () => {
  const constants = rows.filter(row => row.length === 3);
  assert.ok(constants.length > 15);
  for (const [constant, where, written] of constants) {
    const [path = '', text = ''] = [...quoted(where), ...quoted(written)];
    assert.ok(text && readFileSync(join(ROOT, path), 'utf8').includes(text), `${constant}: ${path} has no ${text}`);
  }
});

test('a test that is not there is missed', () => {
  assert.ok(!defines("test('another', () => {});", 'a.test.ts', 'one'));
  assert.ok(!defines('fn one() {}', 'a.rs', 'one'));
  assert.ok(defines('#[test]\n#[should_panic]\nfn one() {}', 'a.rs', 'one'));
});
