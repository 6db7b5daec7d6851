import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OUTCOMES } from '../../../server/src/wire/outcomes.ts';
import { recipeFor } from './reproduce.ts';

const HERE = {
  host: 'pinata.example',
  ports: { server: 10_000, callback: 10_001, client: 10_002 },
  callbackTo: 40_001,
};
const CHANNELS = ['server', 'callback', 'client'] as const;
const recipe = (outcome: (typeof OUTCOMES)[number], channel: (typeof CHANNELS)[number] = 'server', target = 'prize') =>
  recipeFor({ result: { outcome }, channel, target }, HERE)?.lines;

test('every outcome has commands, on every channel, of plain characters', () => {
  for (const outcome of OUTCOMES) {
    for (const channel of CHANNELS) {
      const lines = recipe(outcome, channel) ?? [];
      assert.ok(lines.length > 0, outcome);
      for (const line of lines) {
        assert.match(line, /^(openssl|nc|echo|printf|sleep|socat|\.\/pinata) [\w./:=,|\\' -]+$/, line);
        assert.doesNotMatch(line, /HOST|PORT|LISTEN/);
      }
    }
  }
});

test('a refusal for want of a certificate is one plain line', () => {
  assert.deepEqual(recipe('certificate_missing'), ['openssl s_client -connect pinata.example:10000 -tls1_3']);
});

test('a target that speaks as a client needs a server, and somebody who connects to it', () => {
  const lines = recipe('certificate_untrusted', 'callback') ?? [];
  assert.match(lines[1] ?? '', /^openssl s_server -accept 40001 /);
  assert.equal(lines[2], 'nc -z pinata.example 10001');
  assert.match(
    recipe('certificate_untrusted', 'client')?.[2] ?? '',
    /^socat TCP:pinata\.example:10002 TCP:127\.0\.0\.1:40001$/,
  );
});

test('an IPv6 address stands in brackets where a port follows it', () => {
  const lines = recipeFor(
    { result: { outcome: 'certificate_missing' }, channel: 'server', target: 'prize' },
    { ...HERE, host: '2001:db8::1' },
  );
  assert.deepEqual(lines?.lines, ['openssl s_client -connect [2001:db8::1]:10000 -tls1_3']);
});

test('nothing hostile comes into a command: it has plain characters, or there is none', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '$(id)',
      '`id`',
      'a;rm -rf ~',
      "x' -o 'y",
      '-oProxyCommand=x',
      'a\nb',
      'a b',
      '../x',
      '\u202etxt',
      '',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(
      hostile,
      hostile,
      fc.integer(),
      fc.constantFrom(...OUTCOMES),
      fc.constantFrom(...CHANNELS),
      (target, host, port, outcome, channel) => {
        for (const found of [
          recipeFor({ result: { outcome }, channel, target }, HERE),
          recipeFor({ result: { outcome }, channel, target: 'prize' }, { ...HERE, host }),
          recipeFor(
            { result: { outcome }, channel, target: 'prize' },
            { ...HERE, ports: { ...HERE.ports, [channel]: port } },
          ),
        ]) {
          for (const line of found?.lines ?? [])
            assert.match(line, /^(openssl|nc|echo|printf|sleep|socat|\.\/pinata) [\w./:=,|\\'[\] -]+$/);
        }
      },
    ),
  );
});

test('of an attempt nothing but outcome, channel and target is looked at', () => {
  const read: string[] = [];
  const watched = new Proxy(
    { result: { outcome: 'not_tls' as const }, channel: 'server' as const, target: 'prize' },
    {
      get: (record, name: 'result' | 'channel' | 'target') => {
        read.push(name);
        return record[name];
      },
    },
  );
  recipeFor(watched, HERE);
  assert.deepEqual([...new Set(read)].sort(), ['channel', 'result', 'target']);
});
