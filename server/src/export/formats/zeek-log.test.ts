import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ZeekField, type ZeekLog, zeekHeader, zeekJsonLine, zeekLine } from './zeek-log.ts';
import { zeekLastAlert } from './zeek-names.ts';

const text: ZeekField = { name: 'text', type: 'string', from: ['text'] };
const list: ZeekField = { name: 'list', type: 'vector[string]', from: ['list'] };
const log: ZeekLog = {
  path: 'some',
  fields: [text, list],
  holds: { from: ['held'], make: held => held !== false },
};
const line = (attempt: Record<string, unknown>) => zeekLine(log, attempt).slice(0, -1).split('\t');

test('the header says how the rest is to be read, and not when it was written', () => {
  const header = '#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tsome\n';
  assert.equal(zeekHeader(log), `${header}#fields\ttext\tlist\n#types\tstring\tvector[string]\n`);
});

test('no value can be taken for a separator, for unset, for empty or for an escape', () => {
  assert.deepEqual(line({ text: 'a\tb\nc\\x41', list: ['a,b', 'c'] }), ['a\\x09b\\x0ac\\x5cx41', 'a\\x2cb,c']);
  assert.deepEqual(line({ text: '-', list: [] }), ['\\x2d', '(empty)']);
  assert.deepEqual(line({ text: '(empty)', list: ['-'] }), ['\\x28empty)', '\\x2d']);
  assert.deepEqual(line({ text: '', list: null }), ['(empty)', '-']);
  assert.deepEqual(line({ text: '\u0085\u00e9', list: [''] }), ['\\xc2\\x85\u00e9', '(empty)']);
});

test('an attempt that a log does not hold has no line', () => {
  assert.equal(zeekLine(log, { held: false, text: 'a' }), '');
  assert.equal(zeekJsonLine(log, { held: false, text: 'a' }), '');
});

test('in JSON what is unset is left out', () => {
  assert.equal(zeekJsonLine(log, { text: null, list: [] }), '{"list":[]}\n');
});

test('the last alert is told where it is known which was last', () => {
  assert.equal(zeekLastAlert([48], []), 'unknown_ca');
  assert.equal(zeekLastAlert([], [90, 0]), 'close_notify');
  assert.equal(zeekLastAlert([250], []), 'unknown-250');
  assert.equal(zeekLastAlert([48], [0]), null);
  assert.equal(zeekLastAlert([], []), null);
});
