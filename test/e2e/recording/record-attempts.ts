/**
 * Records what real tools do to a real target, with what its guest tells, into `server/src/classify/fixtures/recorded/attempts.jsonl`:
 *
 *   node test/e2e/recording/record-attempts.ts [part of a name]
 *
 * Starts an installation of its own. Only programs in PATH are run, on 127.0.0.1. On Debian: openssl nmap ncat socat
 * openjdk-17-jdk-headless; from Maven, where TLS_ATTACKER names the folder of the jars:
 * de.rub.nds.tls.attacker:tls-core.
 */
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type RecordedAttempt,
  recordedAttempts,
  writeAttempt,
} from '../../../server/src/classify/fixtures/recorded-attempt.ts';
import { hasProgram } from '../../../server/src/tls/testing/real-peers.ts';
import { openTap } from '../../../server/src/tls/testing/tap.ts';
import { trimmed } from '../../../server/src/tls/testing/trim.ts';
import { versionOf } from '../../../server/src/tls/testing/version.ts';
import { type Installation, removeInstallation, startInstallation } from '../installation.ts';
import { Observer } from '../observer.ts';
import { ATTEMPT_RUNS, type AttemptRun } from './attempt-runs.ts';
import { makeChains } from './chains.ts';

const TOOL_DEADLINE_MS = 40_000;
const HOLD_MS = 1_000;
const FILE = new URL('../../../server/src/classify/fixtures/recorded/attempts.jsonl', import.meta.url);

async function main([wanted = '']: string[]): Promise<void> {
  const it = await startInstallation();
  const made: RecordedAttempt[] = [];
  try {
    makeChains(it.authority);
    const observer = await Observer.open(it);
    for (const run of ATTEMPT_RUNS.filter(({ name }) => name.includes(wanted))) {
      const attempt = (await hasProgram(run.program)) ? await record(run, it, observer) : null;
      if (attempt) made.push(attempt);
      console.error(attempt ? `${run.name}: ${attempt.outcome}, depth ${attempt.depth}` : `nothing of ${run.name}`);
    }
    await observer.close();
  } finally {
    await it.stop();
    await removeInstallation(it);
  }
  const names = new Set(made.map(({ name }) => name));
  const kept = recordedAttempts().filter(({ name }) => !names.has(name));
  writeFileSync(FILE, [...kept, ...made].map(one => `${writeAttempt(one)}\n`).join(''));
}

/** Runs the tool through a tap, and waits for the row. Null where it made no connection. */
async function record(run: AttemptRun, it: Installation, observer: Observer): Promise<RecordedAttempt | null> {
  const tap = await openTap(it.ports.practice);
  try {
    await runTool(run, it, tap.port);
    const [tapped] = tap.connections;
    if (!tapped) return null;
    const { record: row, events } = await observer.attempt(tapped.source);
    const guest = events.flatMap(({ us: _, ...event }) => (event.kind === 'handshake_secrets' ? [] : [event]));
    const { close, bytesIn } = row.transport;
    const presented = guest.some(event => event.kind === 'certificate' && event.count > 0);
    return {
      ...{ name: run.name, version: run.version ?? (await versionOf(run.program)) },
      ...{ outcome: row.result.outcome, depth: row.result.depth, guestRole: row.guestRole },
      ...{
        endMs: tapped.endMs ?? row.durationUs / 1000,
        close: { by: close?.by ?? 'peer', how: close?.kind ?? 'fin' },
      },
      segments: bytesIn === 0 ? [] : trimmed(tapped.segments),
      guest,
      ready: presented ? certificatesOf(it) : null,
    };
  } finally {
    tap.close();
  }
}

async function runTool({ program, args, holdMs = HOLD_MS }: AttemptRun, it: Installation, port: number): Promise<void> {
  const filled = args.map(arg =>
    arg.replace(/\{([\w.]+)\}/g, (_, name: string) => {
      if (name === 'port') return String(port);
      return name === 'client' ? String(it.ports.practice + 2) : it.authority.file(name);
    }),
  );
  const child = spawn(program, filled, { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => {});
  const timers = [
    setTimeout(() => child.stdin.end(), holdMs),
    setTimeout(() => child.kill('SIGKILL'), TOOL_DEADLINE_MS),
  ];
  await once(child, 'exit');
  timers.forEach(clearTimeout);
}

function certificatesOf({ authority }: Installation): RecordedAttempt['ready'] {
  const der = (name: string) => new X509Certificate(readFileSync(authority.file(name))).raw.toString('base64');
  return { ca: der('ca.pem'), server: der('server.pem'), client: der('client.pem') };
}

await main(process.argv.slice(2));
