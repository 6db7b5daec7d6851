import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankStep } from '../../../server/src/flow/blank-step.ts';
import type { Flow, Step } from '../../../server/src/flow/flow.ts';
import { pictureOf } from './sequence.ts';
import { sentenceOf, stepAt, stopWords, titleOf } from './steps.ts';

const message = (from: Step['from'], rest: Partial<Step>): Step => ({
  ...blankStep('message', from),
  ...{ records: 1, bytes: 100, seconds: 0 },
  ...rest,
});
const read = (name: Step['holds'][number]['name'], number: number | null = null) => ({
  name,
  number,
  known: 'read' as const,
});
const STEPS: readonly Step[] = [
  blankStep('connect', 'peer'),
  message('peer', { holds: [read('ClientHello')] }),
  message('target', { holds: [read('Alert', 70)], bytes: 7, seconds: 20 }),
  { ...blankStep('close', 'target'), manner: 'fin' },
];
const FLOW: Pick<Flow, 'steps' | 'stop'> = {
  steps: [...STEPS],
  stop: {
    step: 2,
    by: 'target',
    alert: 70,
    check: 'version',
    says: 'TLS 1.3 was not among the versions.',
    section: 'RFC 8446 §4.2.1',
  },
};

test('arrows go from who spoke, rows follow one another, and nothing leaves the picture at any width', () => {
  for (const width of [280, 320, 640, 1200]) {
    const { rows, height, left, right } = pictureOf(FLOW, width);
    assert.deepEqual(
      rows.map(({ fromX }) => (fromX === left ? 'peer' : fromX === right ? 'target' : '?')),
      STEPS.map(({ from }) => from),
    );
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1]?.top ?? height;
      assert.ok(row.top + row.height <= next, `row ${index} at ${width}`);
      const all = [...row.title, ...row.remark, ...(row.stop?.words ?? [])];
      assert.ok(
        all.every(({ text, y }) => y <= row.top + row.height + 4 && text.length * 7 <= width),
        `words of row ${index}`,
      );
    }
    assert.ok(left >= 0 && right <= width);
  }
});

test('the mark stands on the lifeline of who ended it, at its step; the time where it changed', () => {
  const { rows, right } = pictureOf(FLOW, 640);
  assert.deepEqual(
    rows.map(({ stop }) => stop?.x ?? null),
    [null, null, right, null],
  );
  assert.deepEqual(
    rows.map(({ time }) => time?.text ?? null),
    ['0 s', null, '20 s', null],
  );
  assert.ok(pictureOf(FLOW, 320).rows.every(({ time }) => time === null));
});

test('a step in words', () => {
  assert.deepEqual(STEPS.map(sentenceOf), [
    'Caller connects.',
    'Caller to Target: ClientHello (100 B · in the clear).',
    'Target to Caller: Alert: protocol_version (7 B · in the clear), after 20 s.',
    'Target closes.',
  ]);
  assert.equal(titleOf(message('peer', { holds: [], encrypted: true, epoch: 'handshake' })), 'encrypted');
  assert.equal(titleOf(message('peer', { holds: [read('KeyUpdate'), read('KeyUpdate')] })), 'KeyUpdate × 2');
  assert.ok(FLOW.stop);
  assert.equal(
    stopWords(FLOW.stop),
    'The target gave up here. TLS 1.3 was not among the versions. (RFC 8446 §4.2.1; alert protocol_version, 70)',
  );
});

test('a byte lies in the step that carried it', () => {
  const steps = [message('peer', { bytes: 10 }), message('target', { bytes: 50 }), message('peer', { bytes: 5 })];
  assert.deepEqual(
    [0, 9, 10, 14, 15].map(offset => stepAt({ steps }, 'in', offset)),
    [0, 0, 2, 2, null],
  );
  assert.equal(stepAt({ steps }, 'out', 0), 1);
});
