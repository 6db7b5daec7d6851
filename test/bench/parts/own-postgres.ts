import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../../server/src/up/postgres.ts';
import { cpuSeconds } from './report.ts';

/** Whom PostgreSQL runs as when a bench runs as root, whom it refuses. */
const UID = 64_999;

export interface OwnPostgres {
  readonly url: string;
  /** CPU time of the server and all its sessions so far. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** The product's PostgreSQL on an empty folder. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-bench-postgres-'));
  const postgres = await startPostgres({ folder, uid: process.getuid?.() === 0 ? UID : undefined });
  return {
    url: postgres.url,
    cpuSeconds: () => [postgres.pid, ...childrenOf(postgres.pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(candidate => candidate > 0 && parentOf(candidate) === pid);
}

/** proc(5), /proc/PID/stat: field 4, behind the name in parentheses. Null where it is gone. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
