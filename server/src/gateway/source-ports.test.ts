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
