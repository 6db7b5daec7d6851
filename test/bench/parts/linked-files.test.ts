import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findLinked } from './linked-files.ts';

const PLACES = {
  sources: '/sources',
  library: '/library',
  crates: ['/registry/one/rustls-0.23.46', '/registry/one/untrusted-0.9.0'],
};

for (const [name, path] of [
  ['crates/rustls-0.23.46/src/msgs/codec.rs', '/registry/one/rustls-0.23.46/src/msgs/codec.rs'],
  ['crates/webpki-0.103.17/crates/untrusted-0.9.0/src/reader.rs', '/registry/one/untrusted-0.9.0/src/reader.rs'],
  ['crates/rustls-0.23.46/pinata-image/boot/src/heap.rs', '/sources/boot/src/heap.rs'],
  ['pinata-image/crates/rustls-0.23.46/src/lib.rs', '/registry/one/rustls-0.23.46/src/lib.rs'],
  ['pinata-image/graviola/patched/src/lib.rs', '/sources/graviola/patched/src/lib.rs'],
  ['/rustc/59807616e1fa/library/core/src/option.rs', '/library/core/src/option.rs'],
  ['library/core/src/num/error.rs', '/library/core/src/num/error.rs'],
  ['crates/unknown-1.0.0/src/lib.rs', null],
  ['pinata.f7737c11a9e1faf8-cgu.0', null],
] as const) {
  test(`${name} is ${path ?? 'no file of a crate'}`, () => {
    assert.equal(findLinked(name, PLACES), path);
  });
}
