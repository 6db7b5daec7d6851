import type { AttackClass } from './attack-class.ts';

/** What only shows over many attempts. `campaign/rules.ts` finds them, and has their thresholds. */
export const CAMPAIGNS: readonly AttackClass[] = [
  of('F09_crash_repeat', 'fault', 0.9, 'Hacking Blind (2014)', {
    title: 'Repeated crash',
    explanation: 'Crashes the target again from the same address within a day.',
  }),
  of('F06_fuzzing', 'attack', 0.8, 'CAPEC-28', {
    title: 'Fuzzing',
    explanation: 'One address sends ten or more different malformed handshakes within ten minutes.',
  }),
  of('F04_timing_sampling', 'attack', 0.8, 'CVE-2013-0169', {
    title: 'Sampling of times',
    explanation: 'One address repeats the same exchange a thousand times in an hour, as is done to measure.',
  }),
  of('F05_handshake_flood', 'attack', 0.9, 'RFC 7457 §2.13, CAPEC-125', {
    title: 'Flood of handshakes',
    explanation: 'One address makes the target compute a hundred handshakes or more in a minute.',
  }),
  of('F07_hello_replay', 'attack', 0.9, 'RFC 8446 §8.2', {
    title: 'Replayed hello',
    explanation: 'Sends a hello that came before, byte for byte, its random included.',
  }),
  of('F01_jarm_scan', 'probe', 0.9, 'JARM (2020), CAPEC-224', {
    title: 'JARM scan',
    explanation: 'Sends the odd hellos by which JARM takes the fingerprint of a server.',
  }),
  of('F02_cipher_enumeration', 'probe', 0.9, 'CAPEC-224', {
    title: 'Enumeration of ciphers',
    explanation: 'One address offers eight or more different lists of ciphers within ten minutes.',
  }),
  of('F03_version_enumeration', 'probe', 0.9, 'CAPEC-224', {
    title: 'Enumeration of versions',
    explanation: 'One address offers three or more different newest versions within ten minutes.',
  }),
  of('F08_distributed_tool', 'probe', 0.6, null, {
    title: 'One tool from many addresses',
    explanation:
      'The same unusual hello, but for random and shares, comes from five or more addresses within ten minutes.',
  }),
];

function of(
  id: string,
  severity: AttackClass['severity'],
  confidence: number,
  reference: string | null,
  words: Pick<AttackClass, 'title' | 'explanation'>,
): AttackClass {
  return { ...{ id, severity, confidence, reference, needs: 'window', rule: null }, ...words };
}
