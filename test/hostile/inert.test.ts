import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CORPUS } from './corpus.ts';
import { csv, json, jsonLines, log, markup, terminal, xml } from './inert.ts';

const all = CORPUS.map(({ bytes }) => bytes.toString('utf8'));
const named = (name: string) => CORPUS.find(hostile => hostile.name === name)?.bytes.toString('utf8') ?? '';
const entry = (fields: object) => JSON.stringify({ level: 30, time: 1, name: 'api', ...fields });

test('what is careless with a terminal is noticed, plain text is not', () => {
  for (const name of ['clear and colour', 'title', 'clipboard', 'overwriting', 'overrides of direction', 'zero width'])
    assert.equal(terminal(named(name)).length > 0, true, name);
  for (const name of ['C1 control characters', 'line ends of other scripts', 'null in the middle'])
    assert.equal(terminal(named(name)).length > 0, true, name);
  assert.deepEqual(terminal('outcome  ✓ piñata\nreason   “x” – 3 µs'), []);
});

test('JSON that was put together by hand is noticed, and what JSON.stringify wrote is fine', () => {
  for (const text of all.map(each => [...each].filter(character => terminal(character).length === 0).join(''))) {
    assert.deepEqual(json(JSON.stringify({ text })), []);
    assert.deepEqual(log(entry({ text, msg: 'x' })), []);
  }
  assert.equal(json(JSON.stringify({ text: named('C1 control characters') })).length, 1);
  assert.equal(json(`{"text":"${named('end of the JSON')}"}`).length > 0, true);
  assert.equal(jsonLines(`{"text":"${named('null in the middle')}"}\n`).length > 0, true);
  assert.equal(log(`${entry({ msg: 'x' })}\n{"level":60,"msg":"canary"}`).length, 1);
  assert.equal(log(entry({ msg: 'canary' })).length, 1);
});

test('a formula is noticed in any cell, a number is none', () => {
  assert.deepEqual(csv("a,b\r\n-1,'=x\r\n"), []);
  assert.equal(csv('a,b\r\n1,=x\r\n').length, 1);
  assert.equal(csv('a,b\r\n1,"\t=x"\r\n').length, 1);
  assert.equal(csv('a,b\r\n1,2,3\r\n').length, 1);
  assert.equal(csv('a,b\r\n1,"x\r\n').length, 1);
});

test('markup that was not escaped is noticed', () => {
  for (const name of ['script', 'image with a handler', 'end of an attribute', 'end of the title'])
    assert.equal(markup(`<p>${named(name)}</p>`).length, 1, name);
  assert.deepEqual(markup('<p>&lt;script&gt;canary</p>'), []);
  assert.equal(xml('<a>&nbsp;</a>').length, 1);
  assert.deepEqual(xml('<a>&lt;b id=canary&gt;</a>'), []);
});
