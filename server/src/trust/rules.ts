// Shown by the page, and told to machines: nothing here needs Node.
import { EMBARGO_DAYS } from '../flow/embargo.ts';

/** One thing that is in or out of scope, or one step. `id` is for machines and stays. */
export interface Rule {
  readonly id: string;
  /** A few words. */
  readonly name: string;
  /** A sentence or two. */
  readonly says: string;
}

/** The rules of the game. The terms that each record carries the hash of say the same, shorter. */
export interface Rules {
  readonly win: string;
  readonly inScope: readonly Rule[];
  readonly outOfScope: readonly Rule[];
  readonly safeHarbour: readonly string[];
  readonly claim: readonly Rule[];
  readonly embargo: { readonly days: number; readonly says: readonly string[] };
  /** What "nobody has won" leaves open. */
  readonly notShown: readonly string[];
}

export const RULES: Rules = {
  win: 'Complete a mutually authenticated TLS 1.3 session with the prize target, and it sends you its release document, which holds the key. Relaying the target’s client port into its server port completes one too, and is no win: both ends are the target, and the relay sees ciphertext alone.',
  inScope: [
    {
      id: 'release',
      name: 'Release',
      says: 'Make the prize send its document to somebody who holds none of its certificates. This is the win, and the key is yours.',
    },
    {
      id: 'escape',
      name: 'Escape',
      says: 'Run code in the guest, or leave it for the host. Stop once you can show it, and touch nothing that is not the target’s.',
    },
    {
      id: 'memory-read',
      name: 'Memory read',
      says: 'Read memory of the guest, as much as you like. A signature by the key “heap” of a boot shows that you did, without a release.',
    },
    {
      id: 'denial-of-service',
      name: 'Denial of service',
      says: 'Crash, hang or wedge a target by what you send, from few connections. Volume is no finding: what only keeps others out is out of scope.',
    },
    {
      id: 'web',
      name: 'The web side',
      says: 'This page, its API and its stream: scripts that run, answers that should be closed, addresses that leak, records that change. Report them; do not use them against visitors.',
    },
  ],
  outOfScope: [
    {
      id: 'floods',
      name: 'Floods',
      says: 'Load that serves no purpose but to keep others out, on any port, and everything that only exhausts the network.',
    },
    {
      id: 'others',
      name: 'Other people',
      says: 'Visitors and others who take part, their systems and their data; whoever shares the network or the machine; the connect-back port as a way to reach somebody else.',
    },
    {
      id: 'operators',
      name: 'Operators',
      says: 'Organisers as people, their accounts, mail and offices; deceiving or pressing anybody; physical access.',
    },
    {
      id: 'infrastructure',
      name: 'What is around it',
      says: 'The host’s other services, its provider, name servers, package registries, the build machine.',
    },
  ],
  safeHarbour: [
    'Whoever keeps to these rules acts with our permission. We take no legal step against them and give nobody cause to; if somebody else does, we say publicly that it was allowed.',
    'Whoever left the rules by mistake, stops when they notice, and tells us, is treated the same.',
    'We can speak for this installation alone: not for your provider, your employer or the law of your country.',
    'You need no account and no name. Every connection is recorded, and what became of it is published without your address.',
  ],
  claim: [
    {
      id: 'keep-offline',
      name: 'Keep the document offline',
      says: 'It holds the key of the money three times: as 64 hex digits (“key:”), in wallet import format (“wif:”), and in an output descriptor (“descriptor:”). Keep your capture and TLS key log as well: they prove your win.',
    },
    {
      id: 'check',
      name: 'Check the address',
      says: 'The output is Taproot without scripts. The address that tr(KEY) derives, KEY being the wallet import format, must be the one on the targets page. A wallet that knows wpkh or pkh alone shows an empty balance: that is the wrong import, not an empty piñata.',
    },
    {
      id: 'sweep',
      name: 'Sweep, do not wait',
      says: 'We know this key, and so does whoever came before you. Import tr(KEY) into a fresh wallet and move everything in one transaction to an address that only you control. Nothing is yours before that is confirmed.',
    },
    {
      id: 'fee',
      name: 'Think of watchers',
      says: 'The address is public and its unconfirmed spends are watched: whoever else has the key can outbid you. Hand the transaction to a miner or a private relay where you can; else mark it replaceable, pay well above the next block, and stay until it is confirmed.',
    },
    {
      id: 'never-reuse',
      name: 'Never use the key again',
      says: 'Send nothing to that address, and sign nothing else with it, but a claim if you want to make one.',
    },
    {
      id: 'tell',
      name: 'Tell us, if you like',
      says: 'Your attempt is in the log already. Write to the contact in security.txt with its id. You owe us nothing for the money; we would like to know how.',
    },
  ],
  embargo: {
    days: EMBARGO_DAYS,
    says: [
      `Of an attempt that crashed a target, or finished a handshake with the prize, we publish the row, its outcome and its leaf at once, and the course of it, its evidence and the place of a crash after ${EMBARGO_DAYS} days at the latest.`,
      `Please wait as long with yours, or until it is mended. You may publish the SHA-256 of your exploit at any time, to show later that you had it first.`,
    ],
  },
  notShown: [
    'That nobody has won: whoever reads the guest’s memory leaves no trace here, and may wait with the money. So it says “no release observed”.',
    'That TLS, rustls or this build is safe: so many attempts by so many people have failed, and no more than that.',
    'That the organisers cannot take the key: they put it there. Whether the money moved is on the chain; who moved it is not.',
    'That the published image is what runs, unless you rebuild it and trust the host. Where a target is emulated, its isolation is weaker than with hardware virtualisation, and the page says so.',
  ],
};
