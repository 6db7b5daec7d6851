import { ATTACKER_VERSION, attackerArgs } from '../../../server/src/tls/testing/attacker-runs.ts';
import { HELLO_FILE } from '../../../server/src/tls/testing/probe-runs.ts';

/** A tool that connects again and again to an `openssl s_server`. */
export interface CampaignRun {
  name: string;
  /** The programs that it takes; the first gives the recording its version. */
  programs: readonly string[];
  version?: string;
  /** For `sh`; `{port}` is filled in. */
  line: string;
  /** So many of its connections are enough. */
  connections: number;
}

const SAMPLES = 1010;
const FUZZED = 60;
const GARBLED = 30;
const RENEGOTIATIONS = 6;
const ADDRESSES = 6;

export const CAMPAIGN_RUNS: readonly CampaignRun[] = [
  {
    ...{ name: 'openssl s_time', programs: ['openssl'], connections: SAMPLES },
    line: 'openssl s_time -connect 127.0.0.1:{port} -new -tls1_2 -time 40',
  },
  {
    ...{ name: 'zzuf into ncat, some bits', programs: ['zzuf', 'ncat'], connections: FUZZED },
    line: `for seed in $(seq ${FUZZED}); do zzuf -s $seed -b 76- -r 0.003 cat ${HELLO_FILE} | ncat 127.0.0.1 {port}; done`,
  },
  {
    ...{ name: 'zzuf into ncat, most bits', programs: ['zzuf', 'ncat'], connections: GARBLED },
    line: `for seed in $(seq ${GARBLED}); do zzuf -s $seed -r 0.45 cat ${HELLO_FILE} | ncat 127.0.0.1 {port}; done`,
  },
  {
    ...{ name: 'ncat twice', programs: ['ncat'], connections: 2 },
    line: `for turn in 1 2; do ncat 127.0.0.1 {port} <${HELLO_FILE}; done`,
  },
  {
    ...{ name: 'curl from six addresses', programs: ['curl'], connections: ADDRESSES },
    line: `for last in $(seq 2 ${ADDRESSES + 1}); do curl -sk --max-time 1 --interface 127.0.0.$last --tls-max 1.2 --ciphers ECDHE https://127.0.0.1:{port}/; done; true`,
  },
  {
    ...{
      name: 'tls-attacker renegotiation',
      programs: ['java'],
      version: ATTACKER_VERSION,
      connections: RENEGOTIATIONS,
    },
    line: `for turn in $(seq ${RENEGOTIATIONS}); do java ${attackerArgs('renegotiation')
      .map(arg => `'${arg}'`)
      .join(' ')}; done`,
  },
];
