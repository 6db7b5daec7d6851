import type { Channel } from '../../../server/src/wire/facts.ts';
import type { Outcome } from '../../../server/src/wire/outcomes.ts';

/** A test: the file that its title is written in, and the title or what of it is the same for all that it is made for. */
export interface Shown {
  readonly file: string;
  readonly title: string;
}

/** Whether an outcome can come about on a channel: `why` in a sentence, and what shows it; null where it cannot. */
export interface Cell {
  readonly why: string;
  readonly shown: Shown | null;
}

const SERVER_CASES = 'test/e2e/outcomes/guest-as-server.ts';
const CLIENT_CASES = 'test/e2e/outcomes/guest-as-client.ts';
const OUTCOMES = 'test/e2e/outcomes.test.ts';
const CROWD = 'test/e2e/regressions-crowd.test.ts';
const CONCLUDE = 'server/src/classify/conclude.test.ts';
const RELAYED = 'into itself is two legs of released_relay, and the relay sees no document';

const shown = (why: string, file: string, title: string): Cell => ({ why, shown: { file, title } });
const never = (why: string): Cell => ({ why, shown: null });

type Row = Readonly<Record<Channel, Cell>>;

/** What the attacker's client does; what their server does, connected to or called back. */
function byAttacker(client: [why: string, title: string], server: [why: string, title: string]): Row {
  const asClient = shown(server[0], CLIENT_CASES, server[1]);
  return { server: shown(client[0], SERVER_CASES, client[1]), client: asClient, callback: asClient };
}

/** The same on every channel. */
function everywhere(cell: Cell): Row {
  return { server: cell, client: cell, callback: cell };
}

/** Each outcome on each channel. */
export const OUTCOME_TABLE: Readonly<Record<Outcome, Row>> = {
  connect_only: byAttacker(
    ['They connect and close.', 'a client that only connects'],
    ['The guest’s hello is not answered; they close.', 'a server that says nothing and goes'],
  ),
  idle_timeout: {
    server: shown('The gateway waits 20 s for a first byte.', CROWD, 'who never speaks never reaches the guest'),
    client: shown(
      'The guest waits 20 s for an answer to its hello.',
      CROWD,
      'who never speaks never reaches the guest',
    ),
    callback: shown(
      'As for the client.',
      CROWD,
      'a caller who says nothing when called back, or nothing more than a hello',
    ),
  },
  gateway_limited: everywhere(
    shown(
      'More connections than one address or network may have, or too slow for a place that others wait for.',
      OUTCOMES,
      'more connections than one address may have: gateway_limited on every channel',
    ),
  ),
  backend_unavailable: everywhere(
    shown(
      'Fault: the guest is gone, and none follows within the time that the gateway waits.',
      OUTCOMES,
      'no guest is there, nor comes: backend_unavailable on every channel',
    ),
  ),
  callback_unreachable: {
    server: never('Nobody is dialled but the guest.'),
    client: never('Nobody is dialled but the guest.'),
    callback: shown(
      'The caller does not answer, twice.',
      OUTCOMES,
      'a call whose caller does not answer: callback_unreachable',
    ),
  },
  not_tls: byAttacker(
    ['Another protocol.', 'a client that speaks HTTP'],
    ['Another protocol.', 'a server that speaks SSH'],
  ),
  hello_incomplete: byAttacker(
    ['They close within the ClientHello.', 'a client that leaves within its hello'],
    ['They close within the ServerHello.', 'a server that leaves within its hello'],
  ),
  hello_malformed: byAttacker(
    ['The ClientHello cannot be read.', 'a client whose hello is garbage'],
    ['The ServerHello cannot be read.', 'a server whose hello is garbage'],
  ),
  version_refused: byAttacker(
    ['TLS 1.2 or older is all that they offer.', 'a client of TLS 1.2'],
    ['They select TLS 1.2.', 'a server that selects TLS 1.2'],
  ),
  parameters_refused: byAttacker(
    ['No suite, group or signature in common.', 'a client that has no group in common'],
    ['They select a suite that the guest lacks.', 'a server that selects a suite which we do not have'],
  ),
  hello_refused: byAttacker(
    ['The hello can be read and breaks a rule.', 'a client whose key share is too short'],
    ['The hello can be read and breaks a rule.', 'a server that answers with a share of another group'],
  ),
  certificate_missing: byAttacker(
    ['An empty Certificate.', 'a client without a certificate'],
    ['An empty Certificate.', 'a server without a certificate'],
  ),
  certificate_malformed: byAttacker(
    ['A certificate that cannot be parsed.', 'a client whose certificate is no DER'],
    ['A certificate that cannot be parsed.', 'a server whose certificate is no DER'],
  ),
  certificate_untrusted: byAttacker(
    ['No chain to the target’s authority.', 'a client of a foreign authority'],
    ['No chain to the target’s authority.', 'a server of a foreign authority'],
  ),
  certificate_unsuitable: byAttacker(
    ['Usage, dates or constraints do not fit.', 'a client with a server’s certificate'],
    ['Usage, dates, constraints or name do not fit.', 'a server with a client’s certificate'],
  ),
  possession_failed: byAttacker(
    [
      'CertificateVerify by another key, or of a kind that is not taken.',
      'a client with a good certificate and another key',
    ],
    [
      'CertificateVerify by another key, or of a kind that is not taken.',
      'a server with a good certificate and another key',
    ],
  ),
  finished_failed: byAttacker(
    ['Finished does not match the transcript.', 'a client whose Finished does not match'],
    ['Finished does not match the transcript.', 'a server whose Finished does not match'],
  ),
  protocol_violation: byAttacker(
    ['A message that must not come there.', 'a client that skips its Certificate'],
    ['A message that must not come there.', 'a server that skips EncryptedExtensions'],
  ),
  abandoned: byAttacker(
    ['They close after the hello, without a word.', 'a client that leaves after our flight'],
    ['They close after the hello, without a word.', 'a server that leaves after its hello'],
  ),
  refused_by_peer: byAttacker(
    ['Their alert ends it.', 'a client that does not trust us'],
    [
      'Their alert ends it before their Finished; after that the release is on its way.',
      'a server that does not want us',
    ],
  ),
  left_before_release: everywhere(
    shown(
      'Fault alone: a guest writes the release in the same step as it ends the handshake, so that its word of it must be lost, and no byte have left.',
      CONCLUDE,
      'finished and gone',
    ),
  ),
  handshake_timeout: {
    server: shown('Not through within 20 s.', CROWD, 'Certificates byte by byte end at their deadline, in both roles'),
    client: shown('Not through within 20 s.', CROWD, 'Certificates byte by byte end at their deadline, in both roles'),
    callback: shown(
      'Not through within 20 s.',
      CROWD,
      'a caller who says nothing when called back, or nothing more than a hello',
    ),
  },
  guest_limit: byAttacker(
    [
      'More certificates, bytes or memory than the guest spends on a stranger.',
      'a client with a chain that is too long',
    ],
    [
      'More certificates, bytes or memory than the guest spends on a stranger.',
      'a server with a chain that is too long',
    ],
  ),
  guest_crash: everywhere(
    shown('Fault: the machine dies.', OUTCOMES, 'the guest’s machine dies: guest_crash on every channel'),
  ),
  guest_silent_close: byAttacker(
    ['Errors for which the TLS library has no alert.', 'a client whose Certificate declares 16 MiB'],
    ['Errors for which the TLS library has no alert.', 'a server whose Certificate declares 16 MiB'],
  ),
  target_restarted: everywhere(
    shown(
      'A restart that was planned or asked for.',
      OUTCOMES,
      'the operator restarts the target: target_restarted on every channel',
    ),
  ),
  observer_lost: everywhere(
    shown('Fault: nobody saw the end.', OUTCOMES, 'the gateway is killed: observer_lost on every channel'),
  ),
  released_self_test: {
    server: shown(
      'One leg of a self-test, registered beforehand.',
      CROWD,
      'only what was registered as a self-test is called one',
    ),
    client: shown('The other leg.', CROWD, 'only what was registered as a self-test is called one'),
    callback: never('A self-test calls nobody back.'),
  },
  released_relay: {
    server: shown('The target’s own client role is relayed here.', CROWD, RELAYED),
    client: shown('The other leg.', CROWD, RELAYED),
    callback: shown('The other leg, called back.', OUTCOMES, 'a target called back into itself: released_relay'),
  },
  released_practice: byAttacker(
    ['They have the published certificate.', 'a client that wins'],
    ['They have the published certificate.', 'a server that wins'],
  ),
  released: {
    server: shown(
      'Nobody has a certificate of the prize; its own release to itself, told by nobody, must be taken for a breach.',
      OUTCOMES,
      'the prize relayed into itself: released',
    ),
    client: shown('The other leg.', OUTCOMES, 'the prize relayed into itself: released'),
    callback: shown('The other leg, called back.', OUTCOMES, 'the prize called back into itself: released'),
  },
};
