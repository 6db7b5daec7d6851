import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { buildTargets, fuzz, lastWords, targets } from '../guest/fuzzing.ts';

/** Of each target; PINATA_FUZZ_SECONDS says otherwise. Two run at a time. */
const SECONDS = Number(process.env.PINATA_FUZZ_SECONDS ?? 120);
const AT_ONCE = 2;

const names = await targets();

before(buildTargets);

test(`every target withstands ${SECONDS} s`, { concurrency: AT_ONCE }, async t => {
  // What was found in earlier runs is kept, so that each run goes on where the last one ended.
  await Promise.all(
    names.map(target =>
      t.test(target, async one => {
        const ran = await fuzz(target, SECONDS);
        assert.ok(!ran.crashed, lastWords(ran));
        one.diagnostic(`${target}: ${ran.executions} runs, ${ran.coverage.at(-1)} edges, ${ran.coverage[0]} at first`);
      }),
    ),
  );
});
