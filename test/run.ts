import { failureLines } from '../server/src/up/run.ts';
import { partsNamed } from './run-parts.ts';
import { prepareTests } from './run-prepare.ts';
import { add, NOTHING, type Tally, tally } from './run-tally.ts';

/** `./pinata test [PART …]`: installs what the parts need, builds, runs them, and ends with one line, `N passed, N failed`. */
async function main(): Promise<number> {
  const parts = partsNamed(process.argv.slice(2));
  await prepareTests(parts);

  const results: { name: string; result: Tally; seconds: number }[] = [];
  for (const part of parts) {
    console.log(`\n── ${part.name}`);
    const since = performance.now();
    const result = await part.run();
    results.push({ name: part.name, result, seconds: (performance.now() - since) / 1000 });
  }

  console.log('');
  for (const { name, result, seconds } of results) {
    console.log(`${name.padEnd(12)} ${tally(result)} in ${seconds.toFixed(0)} s`);
    if (result.skipped > 0) console.log(`  skipped: ${result.skipped}`);
    for (const failure of result.failures) console.log(`  failed: ${failure}`);
  }
  const total = results.reduce((sum, { result }) => add(sum, result), NOTHING);
  console.log(tally(total));
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  for (const line of failureLines(error)) console.error(line);
  process.exitCode = 1;
}
