import { removeInstallation, startInstallation } from '../e2e/installation.ts';
import { median, printFigure, printMachine } from './parts/report.ts';

/** From `./pinata up` to all ready, with image and dashboard already built: on an empty data folder, and again on what it left. */
const ROUNDS = 3;

printMachine('start');
const first: number[] = [];
const second: number[] = [];
const stop: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const fresh = await timed(() => startInstallation());
  first.push(fresh.seconds);
  stop.push((await timed(() => fresh.value.stop())).seconds);
  const again = await timed(() => startInstallation({ continueFrom: fresh.value }));
  second.push(again.seconds);
  await again.value.stop();
  await removeInstallation(again.value);
}
printFigure('first start on an empty data folder', `${median(first).toFixed(1)} s`);
printFigure('second start', `${median(second).toFixed(1)} s`, { text: '≤ 10 s', met: median(second) <= 10 });
printFigure('stop', `${median(stop).toFixed(1)} s`);

async function timed<T>(act: () => Promise<T>): Promise<{ value: T; seconds: number }> {
  const start = performance.now();
  const value = await act();
  return { value, seconds: (performance.now() - start) / 1000 };
}
