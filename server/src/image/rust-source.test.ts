import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDepInfo, withoutTests } from './rust-source.ts';

const CODE = 'pub fn one() -> u8 {\n    1\n}\n';
const module = (attributes: string) =>
  `${attributes}mod tests {\n    #[test]\n    fn holds() {\n        f();\n    }\n}\n`;

test('modules of tests are left out wherever they stand, and nothing else', () => {
  for (const attributes of [
    '#[cfg(test)]\n',
    '#[cfg(test)]\n#[allow(missing_docs)]\n',
    '#[cfg(all(test, feature = "alloc"))]\n',
  ]) {
    assert.equal(withoutTests(CODE + module(attributes) + CODE), CODE + CODE);
    assert.equal(withoutTests(module(attributes) + CODE + module(attributes)), CODE);
  }
});

test('other modules stay, also those that are there when it is not a test', () => {
  for (const attributes of ['', '#[cfg(not(test))]\n', '#[cfg(feature = "test")]\n', '#[cfg(any(test, unix))]\n']) {
    assert.equal(withoutTests(module(attributes) + CODE), module(attributes) + CODE);
  }
});

test('dep-info gives each file once, with spaces in its name', () => {
  const text = [
    '/t/liba.rlib: a/src/lib.rs /crates/my\\ folder/b.rs',
    '',
    '/t/a.d: a/src/lib.rs /crates/my\\ folder/b.rs',
    '',
    'a/src/lib.rs:',
    '# env-dep:X=a: b',
  ].join('\n');
  assert.deepEqual(readDepInfo(text), ['a/src/lib.rs', '/crates/my folder/b.rs']);
});
