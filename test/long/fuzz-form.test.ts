import { test } from 'node:test';
import { runner } from '../guest/fuzzing.ts';

test('the seeds of the fuzzing are as they would be written', async () => {
  await runner('seeds', '--check');
});

test('the targets of the fuzzing are well-formed', async () => {
  await runner('check');
});
