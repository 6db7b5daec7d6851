/**
 * Records what real clients and scanners send, and what `openssl s_server` answers, into `recorded/tools.jsonl`:
 *
 *   node server/src/tls/testing/record-tools.ts [part of a name]
 *
 * Only programs in PATH are run, on 127.0.0.1. On Debian: openssl curl wget ncat socat openssh-client redis-tools gnutls-bin sslscan
 * nmap testssl.sh openjdk-17-jdk-headless golang-go bind9-host heartbleeder smbclient zzuf pv chromium; from PyPI:
 * pyjarm; from Maven, where TLS_ATTACKER names the folder of the jars: de.rub.nds.tls.attacker:tls-core.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, startServer } from './answering-server.ts';
import { hasProgram } from './real-peers.ts';
import { type Recording, recordings, writeRecording } from './recording.ts';
import { openTap, type Tapped } from './tap.ts';
import { TOOL_RUNS, type ToolRun } from './tool-runs.ts';
import { trimmed } from './trim.ts';
import { versionOf } from './version.ts';

const ONE_DEADLINE_MS = 20_000;
const SLOW_DEADLINE_MS = 25_000;
const MANY_DEADLINE_MS = 75_000;
const FILE = new URL('recorded/tools.jsonl', import.meta.url);

async function main([wanted = '']: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-record-'));
  const made: Recording[] = [];
  try {
    await makeCertificates(folder);
    for (const tool of TOOL_RUNS.filter(({ name }) => name.includes(wanted))) {
      if (!(await hasProgram(tool.of ?? tool.program))) {
        console.error(`not here: ${tool.of ?? tool.program}`);
        continue;
      }
      const connections = await record(tool, folder);
      const version = tool.version ?? (await versionOf(tool.of ?? tool.program));
      connections.forEach(({ segments, endMs }, connection) => {
        const times = tool.isTimed ? { endMs: endMs ?? undefined } : {};
        const kept = tool.isTimed ? segments : segments.map(({ dir, bytes }) => ({ dir, bytes }));
        made.push({ ...{ name: tool.name, connection, version }, ...times, segments: trimmed(kept) });
      });
      console.error(`${connections.length} of ${tool.name}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const names = new Set(made.map(({ name }) => name));
  const kept = wanted ? recordings().filter(({ name }) => !names.has(name)) : [];
  writeFileSync(FILE, [...kept, ...made].map(one => `${writeRecording(one)}\n`).join(''));
}

/** Runs the tool against a server of its own and returns its connections that said anything. */
async function record(tool: ToolRun, folder: string): Promise<Tapped[]> {
  const server = await startServer(folder, tool.server);
  const tap = await openTap(server.port);
  const args = tool.args.map(arg => arg.replaceAll('{port}', String(tap.port)));
  const child = spawn(tool.program, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: folder });
  child.stdin.on('error', () => {});
  const eof = setTimeout(() => child.stdin.end(tool.input ?? ''), 400);
  const late = setTimeout(() => child.kill('SIGKILL'), deadlineOf(tool));
  await once(child, 'exit');
  for (const timer of [eof, late]) clearTimeout(timer);
  tap.close();
  await server.stop();
  return tap.connections
    .filter(({ segments }) => segments.some(({ dir }) => dir === 'in'))
    .slice(0, tool.connections ?? 1);
}

/** What makes one connection is soon done; what takes its time, or makes many, may take long. */
function deadlineOf({ connections, isTimed }: ToolRun): number {
  if (connections !== undefined) return MANY_DEADLINE_MS;
  return isTimed ? SLOW_DEADLINE_MS : ONE_DEADLINE_MS;
}

await main(process.argv.slice(2));
