import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Announcer, SPEAK_EVERY_MS } from './announcer.ts';

test('the live region speaks at most every 20 s, and then of all that came since', t => {
  mock.timers.enable({ apis: ['setInterval', 'Date'] });
  t.after(() => mock.timers.reset());
  const announcer = new Announcer();
  const spoken: [at: number, text: string][] = [];
  setInterval(() => {
    announcer.attempts(3, Date.now() === 31_000 ? 4 : 1);
    const text = announcer.speak(Date.now());
    if (text !== null) spoken.push([Date.now(), text]);
  }, 1000);
  for (let second = 0; second < 61; second++) mock.timers.tick(1000);
  assert.deepEqual(spoken, [
    [1_000, '3 new attempts, the deepest: spoke.'],
    [21_000, '60 new attempts, the deepest: spoke.'],
    [41_000, '60 new attempts, the deepest: certificate.'],
    [61_000, '60 new attempts, the deepest: spoke.'],
  ]);
});

test('it is silent while nothing happens, and what was said is not said again', () => {
  const announcer = new Announcer();
  assert.equal(announcer.speak(0), null);
  announcer.attempts(1, 0);
  announcer.remark('Paused.');
  assert.equal(announcer.speak(1), 'Paused. 1 new attempt, step: connected.');
  assert.equal(announcer.speak(1 + SPEAK_EVERY_MS), null);
});

test('a remark waits its turn, and only the last one is left', () => {
  const announcer = new Announcer();
  announcer.attempts(1, 0);
  assert.ok(announcer.speak(0));
  announcer.remark('The feed is interrupted.');
  announcer.remark('Paused.');
  assert.equal(announcer.speak(SPEAK_EVERY_MS - 1), null);
  assert.equal(announcer.speak(SPEAK_EVERY_MS), 'Paused.');
});
