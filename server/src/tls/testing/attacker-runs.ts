import type { ToolRun } from './tool-runs.ts';

/** Workflows of TLS-Attacker that need no certificate, as `Attacks.java` has them. */
const ATTACKS = `
  record-type record-version record-oversize empty-record fragmented interleaved trailing length-bomb tls13-plaintext slow
  unknown-version zero-random static-dh renegotiation-info tls13-early-data tls13-low-order tls13-short-share tls13-no-share
  tls13-psk-without-modes duplicate-extension malformed-hello oversized-hello
  ccs-first tls13-ccs-flood heartbeat heartbleed skip-key-exchange wrong-order role-confusion two-hellos early-data renegotiation
  warnings alert-level`
  .trim()
  .split(/\s+/);
const TIMED: ReadonlySet<string> = new Set(['slow']);
const SOURCE = new URL('Attacks.java', import.meta.url).pathname;

const LENIENT_13 = ['-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0', '-legacy_renegotiation'];
const LENIENT_12 = [...LENIENT_13, '-no_tls1_3'];

export const ATTACKER_VERSION = 'TLS-Attacker 5.3.0';

/** Runs of TLS-Attacker; none where the folder of its jars is not named. */
export const ATTACKER_RUNS: readonly ToolRun[] = process.env.TLS_ATTACKER
  ? ATTACKS.map(attack => ({
      ...{ name: attackerName(attack), program: 'java', args: attackerArgs(attack), version: ATTACKER_VERSION },
      isTimed: TIMED.has(attack),
      // A server that could do better says so in its random, which is another class.
      server: attack.startsWith('tls13-') ? LENIENT_13 : LENIENT_12,
    }))
  : [];

export function attackerName(attack: string): string {
  return `tls-attacker ${attack}`;
}

/** Arguments of java; `more` are a certificate and its key. */
export function attackerArgs(attack: string, ...more: string[]): string[] {
  const jars = `${process.env.TLS_ATTACKER}/*`;
  return ['-XX:TieredStopAtLevel=1', '-cp', jars, SOURCE, '{port}', attack, ...more];
}
