import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const TABLES = ['filter', 'nat'];

const run = promisify(execFile);

/** Remembers the packet filter and whether the machine forwards; gives what sets both back. */
export async function rememberFirewall(): Promise<() => Promise<void>> {
  const forwarding = readFileSync(FORWARDING, 'utf8');
  const { stdout: rules } = await run('iptables-save');
  return async () => {
    // A table that was not in use is not in the saved rules, so restoring them leaves it as it is now.
    for (const table of TABLES.filter(name => !rules.includes(`*${name}\n`))) {
      await run('iptables', ['-t', table, '-F']);
      await run('iptables', ['-t', table, '-X']);
      if (table === 'filter') await run('iptables', ['-P', 'FORWARD', 'ACCEPT']);
    }
    const restore = spawn('iptables-restore', { stdio: ['pipe', 'inherit', 'inherit'] });
    restore.stdin.end(rules);
    const [status] = await once(restore, 'exit');
    if (status !== 0) throw new Error(`iptables-restore ended with ${status}`);
    writeFileSync(FORWARDING, forwarding);
  };
}
