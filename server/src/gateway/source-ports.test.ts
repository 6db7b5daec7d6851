import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourcePorts } from './source-ports.ts';

test('every port that needs no privilege has its turn before one comes again', () => {
  const ports = new SourcePorts();
  const round = Array.from({ length: 64_512 }, () => ports.next());
  assert.equal(new Set(round).size, round.length);
  assert.deepEqual([Math.min(...round), Math.max(...round)], [1024, 65_535]);
  assert.equal(ports.next(), round[0]);
});

test('processes that share have ports of their own', () => {
  const own = (number: number) => {
    const ports = new SourcePorts({ number, of: 3 });
    return new Set(Array.from({ length: 21_504 }, () => ports.next()));
  };
  const all = new Set([...own(1), ...own(2), ...own(3)]);
  assert.equal(all.size, 64_512);
  assert.deepEqual([Math.min(...all), Math.max(...all)], [1024, 65_535]);
});
