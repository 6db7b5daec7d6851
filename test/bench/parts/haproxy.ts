import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../e2e/command.ts';
import { freeRun } from '../../e2e/free-ports.ts';
import { BenchProgram } from './programs.ts';

/** What HAProxy sends first for an IPv4 connection ("The PROXY protocol", §2.2): 16 bytes, and 12 of addresses. */
export const PROXY_V2_BYTES = 28;

export interface RunningHaproxy {
  readonly version: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Debian's HAProxy between a port and `sink`, as near to the gateway as it comes: one thread, TCP, a PROXY header, a log line each. */
export async function startHaproxy(sink: number, core: number): Promise<RunningHaproxy> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-haproxy-'));
  const port = await freeRun(1);
  const path = join(folder, 'haproxy.cfg');
  writeFileSync(path, configuration(port, sink));
  // Its log goes to a file, as ours does.
  const argv = ['sh', '-c', `exec haproxy -q -db -f "${path}" >"${join(folder, 'log')}"`];
  const program = BenchProgram.start(argv, { core });
  const version = /version (\S+)/.exec((await run('haproxy', ['-v'])).stdout)?.[1] ?? '';
  return {
    version,
    port,
    pid: program.pid,
    stop: async () => {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(port: number, sink: number): string {
  return `
global
  nbthread 1
  maxconn 4000
  log stdout format raw local0
defaults
  mode tcp
  log global
  option tcplog
  timeout connect 5s
  timeout client 90s
  timeout server 90s
listen attempts
  bind 127.0.0.1:${port} backlog 4096
  server sink 127.0.0.1:${sink} send-proxy-v2
`;
}
