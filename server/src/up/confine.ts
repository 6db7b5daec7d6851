/** A numeric user and group of the same number. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface Confinement {
  /** Null: keep the user that started us. */
  readonly account: Account | null;
  /** Capabilities that stay, in setpriv's names: `setuid`, `kill`, …; only used with an account. */
  readonly capabilities?: readonly string[];
  /** What the process gets from the kernel when its parent dies. */
  readonly deathSignal: 'KILL' | 'INT' | 'TERM';
}

/**
 * The command line that runs `argv` under a confinement: no core dumps (they would hold secrets), no new privileges, an end when
 * the parent ends, and with an account no group, no capability but the named ones. Both helpers are in Debian's util-linux and
 * replace themselves by what they run, so the process id stays.
 */
export function confine(confinement: Confinement, argv: readonly string[]): string[] {
  const { account, capabilities = [], deathSignal } = confinement;
  const bare = ['prlimit', '--core=0:0', 'setpriv', '--pdeathsig', deathSignal, '--no-new-privs'];
  if (!account) return [...bare, ...argv];
  const kept = ['-all', ...capabilities.map(name => `+${name}`)].join(',');
  return [
    ...bare,
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--bounding-set=${kept}`,
    `--inh-caps=${kept}`,
    ...(capabilities.length > 0 ? [`--ambient-caps=${kept}`] : []),
    ...argv,
  ];
}
