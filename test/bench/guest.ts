import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { get } from '../e2e/api.ts';
import { run } from '../e2e/command.ts';
import { ROOT, removeInstallation, startInstallation } from '../e2e/installation.ts';
import { findProcesses } from '../e2e/processes.ts';
import { cpuSeconds, interleaved, median, peakMiB, printFigure, printMachine } from './parts/report.ts';

/**
 * The guest as attackers meet it, gateway and recording included, load generator beside it: size, memory, start, handshakes.
 * The goals are those of the design; the comparison with another kind of guest is a bench of its own.
 */
const ROUNDS = 3;
const SECONDS = 5;
const RESTARTS = 3;
const CRASHES_APART_MS = 31_000;
const IDLE_MS = 5_000;

interface Boot {
  memoryMiB: number;
}

const it = await startInstallation({
  env: { PINATA_RATE_PER_ADDRESS: '10000000', PINATA_CAP_PER_ADDRESS: '1000', PINATA_SELF_TEST_S: '86400' },
});
const identity = {
  cert: readFileSync(it.authority.file('client.pem')),
  key: readFileSync(it.authority.file('client.key')),
};
try {
  printMachine('guest');
  const mib = 1 << 20;
  const image = statSync(`${ROOT}/pinata-image/target/pinata.elf`).size / mib;
  printFigure('image, stripped', `${image.toFixed(2)} MiB`, { text: '≤ 1.5 MB', met: image * mib <= 1.5e6 });

  const ready: number[] = [];
  const first: number[] = [];
  for (let i = 0; i < RESTARTS; i++) {
    const boot = await newBoot();
    ready.push(boot.readyMs);
    first.push(boot.firstMs);
  }
  const [readyMs, firstMs] = [median(ready), median(first)];
  printFigure('QEMU start → guest ready', `${readyMs.toFixed(0)} ms`, { text: '≤ 60 ms', met: readyMs <= 60 });
  printFigure('QEMU start → first mutual handshake', `${firstMs.toFixed(0)} ms`, {
    text: '≤ 100 ms',
    met: firstMs <= 100,
  });

  const qemu = () =>
    findProcesses(it.process.pid ?? 0, /qemu-system.*pinata-practice|pinata-practice.*qemu-system/)[0]?.pid ?? 0;
  const before = cpuSeconds(qemu());
  await new Promise(resolve => setTimeout(resolve, IDLE_MS));
  const idle = ((cpuSeconds(qemu()) - before) / (IDLE_MS / 1000)) * 100;
  printFigure('idle', `${idle.toFixed(1)} % of a core`, { text: '≤ 3 %', met: idle <= 3 });

  let slowest = 0;
  let bad = 0;
  const load = async (lanes: number, folder: string[]) => {
    const { stdout } = await run(process.execPath, [
      `${ROOT}/test/bench/parts/handshake.ts`,
      String(it.ports.practice),
      String(lanes),
      String(SECONDS),
      ...folder,
    ]);
    const [good = 0, failed = 0, slow = 0] = stdout.split(' ').map(Number);
    bad += failed;
    slowest = Math.max(slowest, slow);
    return good / SECONDS;
  };
  const rates = await interleaved(ROUNDS, {
    mutual8: () => load(8, [it.authority.folder]),
    refused8: () => load(8, []),
    mutual32: () => load(32, [it.authority.folder]),
  });
  printFigure('full mutual handshakes/s, 8 at once', rates.mutual8.toFixed(0), {
    text: '≥ 300',
    met: rates.mutual8 >= 300,
  });
  printFigure('full mutual handshakes/s, 32 at once', rates.mutual32.toFixed(0));
  printFigure('refused for want of a certificate /s, 8 at once', rates.refused8.toFixed(0), {
    text: '≥ 400',
    met: rates.refused8 >= 400,
  });
  printFigure('failed handshakes', String(bad), { text: '0', met: bad === 0 });
  printFigure('slowest handshake', `${slowest} ms`, { text: '≤ 1000 ms', met: slowest <= 1000 });

  const { rows } = await get<{ rows: Boot[] }>(it, '/api/v1/boots');
  const memory = rows[0]?.memoryMiB ?? Number.NaN;
  printFigure('memory given to the VM', `${memory} MiB`, { text: '≤ 16 MiB', met: memory <= 16 });
  const peak = peakMiB(qemu());
  printFigure('peak memory of QEMU', `${peak.toFixed(0)} MiB`, { text: '≤ 64 MiB', met: peak <= 64 });
} finally {
  await it.stop();
  await removeInstallation(it);
}

/** Kills the practice guest's machine; of the next boot, in ms from the start of QEMU: ready, and the first mutual handshake done. */
async function newBoot(): Promise<{ readyMs: number; firstMs: number }> {
  const [machine] = findProcesses(it.process.pid ?? 0, /pinata-practice/);
  if (machine) process.kill(machine.pid, 'SIGKILL');
  let released = 0;
  while (released === 0) released = await tryHandshake();
  const { time, bootUs } = lastReady();
  // The third crash in a minute is followed by a rest.
  await new Promise(resolve => setTimeout(resolve, CRASHES_APART_MS));
  return { readyMs: bootUs / 1000, firstMs: released - (time - bootUs / 1000) };
}

/** What the supervisor's log says of the newest practice guest: the API's times are whole seconds. */
function lastReady(): { time: number; bootUs: number } {
  const lines = readFileSync(join(it.data, 'log/supervisor.log'), 'utf8').split('\n');
  const last = lines.filter(line => line.includes('"guest ready"') && line.includes('"practice"')).at(-1);
  return JSON.parse(last ?? '{}') as { time: number; bootUs: number };
}

/** One handshake; the time at which it had been answered with the document, or 0. */
function tryHandshake(): Promise<number> {
  return new Promise(resolve => {
    const { cert, key } = identity;
    const socket = connect({ port: it.ports.practice, host: '127.0.0.1', rejectUnauthorized: false, cert, key });
    let at = 0;
    socket.on('data', () => {
      at ||= Date.now();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(at));
  });
}
