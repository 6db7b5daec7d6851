/**
 * Records what real clients and scanners send, and what `openssl s_server` answers, into `recorded/tools.jsonl`:
 *
 *   node server/src/tls/testing/record-tools.ts [part of a name]
 *
 * Only programs in PATH are run, on 127.0.0.1. On Debian: openssl curl wget ncat socat openssh-client redis-tools gnutls-bin sslscan
 * nmap testssl.sh openjdk-17-jdk-headless golang-go bind9-host; from PyPI:
 * pyjarm.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Segment } from './pcap.ts';
import { hasProgram } from './real-peers.ts';
import { type Recording, recordings, writeRecording } from './recording.ts';
import { TOOL_RUNS, type ToolRun } from './tool-runs.ts';
import { trimmed } from './trim.ts';

const run = promisify(execFile);
const TOOL_DEADLINE_MS = 25_000;
const QUIET_MS = 1500;
const FILE = new URL('recorded/tools.jsonl', import.meta.url);

async function main([wanted = '']: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-record-'));
  const made: Recording[] = [];
  try {
    await makeCertificates(folder);
    for (const tool of TOOL_RUNS.filter(({ name }) => name.includes(wanted))) {
      if (!(await hasProgram(tool.program))) {
        console.error(`not here: ${tool.program}`);
        continue;
      }
      const connections = await record(tool, folder);
      const version = await versionOf(tool.program);
      connections.forEach((segments, connection) => {
        made.push({ name: tool.name, connection, version, segments: trimmed(segments) });
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

async function makeCertificates(folder: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'ec.key')];
  await run('openssl', ['req', '-x509', '-subj', '/CN=a', ...key, '-out', join(folder, 'ec.pem')]);
  const rsa = ['-newkey', 'rsa:2048', '-nodes', '-keyout', join(folder, 'rsa.key')];
  await run('openssl', ['req', '-x509', '-subj', '/CN=a', ...rsa, '-out', join(folder, 'rsa.pem')]);
}

/** Runs the tool against a server of its own and returns its connections that said anything. */
async function record(tool: ToolRun, folder: string): Promise<Segment[][]> {
  const certificates = ['-cert', 'ec.pem', '-key', 'ec.key', '-dcert', 'rsa.pem', '-dkey', 'rsa.key'];
  const server = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...certificates, ...(tool.server ?? [])], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const connections: Segment[][] = [];
  const tap = createServer({ allowHalfOpen: true }, socket => {
    const seen: Segment[] = [];
    connections.push(seen);
    splice(socket, connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true }), seen);
  });
  const serverPort = await acceptingPort(server.stdout);
  await once(tap.listen(0, '127.0.0.1'), 'listening');
  const args = tool.args.map(arg => arg.replaceAll('{port}', String(addressOf(tap.address()).port)));
  const child = spawn(tool.program, args, { stdio: ['pipe', 'ignore', 'ignore'], cwd: folder });
  child.stdin.on('error', () => {});
  const eof = setTimeout(() => child.stdin.end(tool.input ?? ''), 400);
  const quiet =
    tool.connections === undefined
      ? setTimeout(() => child.kill('SIGKILL'), QUIET_MS + TOOL_DEADLINE_MS / 4)
      : undefined;
  const late = setTimeout(
    () => child.kill('SIGKILL'),
    tool.connections === undefined ? TOOL_DEADLINE_MS : 3 * TOOL_DEADLINE_MS,
  );
  await once(child, 'exit');
  for (const timer of [eof, quiet, late]) clearTimeout(timer);
  tap.close();
  server.kill('SIGKILL');
  await once(server, 'exit');
  return connections.filter(seen => seen.some(({ dir }) => dir === 'in')).slice(0, tool.connections ?? 1);
}

function splice(inward: Socket, outward: Socket, seen: Segment[]): void {
  const pass = (from: Socket, to: Socket, dir: Segment['dir']) => {
    from.on('data', bytes => {
      seen.push({ dir, bytes });
      if (to.writable) to.write(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => to.end());
  };
  pass(inward, outward, 'in');
  pass(outward, inward, 'out');
}

async function acceptingPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const [, port] = line.match(/^ACCEPT .*:(\d+)$/) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error('s_server ended before it listened');
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('not a TCP socket');
  return address;
}

async function versionOf(program: string): Promise<string> {
  for (const flag of ['--version', 'version', '-V']) {
    const text = await run(program, [flag], { timeout: 5000 }).then(
      ({ stdout, stderr }) => stdout || stderr,
      () => '',
    );
    const line = text.split('\n').find(part => /\d/.test(part));
    if (line)
      return line
        .replace(/\p{Cc}\[\d+m?/gu, '')
        .replace(/\p{Cc}/gu, '')
        .trim()
        .slice(0, 60);
  }
  return '';
}

await main(process.argv.slice(2));
