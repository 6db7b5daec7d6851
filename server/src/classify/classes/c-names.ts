import { Extension } from '../../tls/protocol.ts';
import { claimTagOf } from '../../trust/claim-tag.ts';
import { type AttackClass, type Found, found } from './attack-class.ts';
import { extensionPlace } from './hello-place.ts';
import type { Look } from './look.ts';

/** Names that mean this machine, or a target, wherever it stands. */
const ALWAYS_OURS = /^(localhost|pinata|.*\.pinata)\.?$/i;
/** Names of RFC 7301's registry that belong to other services than the web; `smtp` is not registered, but seen. */
const OTHER_SERVICES: ReadonlySet<string> = new Set([
  ...[
    'ftp',
    'imap',
    'pop3',
    'smtp',
    'managesieve',
    'nntp',
    'nnsp',
    'irc',
    'xmpp-client',
    'xmpp-server',
    'sunrpc',
    'sip/2',
  ],
  ...['mqtt', 'postgresql', 'coap', 'stun.turn', 'ntske/1', 'radius/1.1', 'smb'],
]);

/** Whom the hello asks for, and for which service. */
export const NAMES: readonly AttackClass[] = [
  {
    id: 'C25_alpaca_alpn',
    title: 'Protocol of another service',
    explanation:
      'Asks for the protocol of another service, as is done to confuse one with the other under one certificate.',
    severity: 'probe',
    reference: 'CVE-2021-3618, RFC 7301',
    confidence: 1,
    needs: 'wire',
    rule: look => {
      const other = look.hello?.alpn.find(name => OTHER_SERVICES.has(name));
      return found(other !== undefined, `ALPN offers ${other}`, extensionPlace(look, Extension.alpn));
    },
  },
  {
    id: 'C23_sni_anomaly',
    title: 'Odd server name',
    explanation: 'Asks for a server name that is no host name: an address, nothing, or what cannot be one.',
    severity: 'probe',
    reference: 'RFC 6066 §3',
    confidence: 0.9,
    needs: 'wire',
    rule: oddName,
  },
  {
    id: 'C24_sni_foreign_host',
    title: "Somebody else's name",
    explanation: 'Asks for a host that is not served here, as those do who look for what else lives at an address.',
    severity: 'noise',
    reference: 'RFC 6066 §3',
    confidence: 0.9,
    needs: 'wire',
    rule: foreignName,
  },
];

function oddName(look: Look): Found | null {
  const { hello } = look;
  if (!hello?.sni) return null;
  const at = extensionPlace(look, Extension.serverName);
  if (hello.sniNames > 1) return { text: `${hello.sniNames} names`, at };
  const { kind } = hello.sni;
  return found(kind !== 'host', `the name is ${kind === 'ip' ? 'an address' : kind}`, at);
}

function foreignName(look: Look): Found | null {
  const { sni } = look.hello ?? {};
  if (sni?.kind !== 'host') return null;
  const name = sni.name.toLowerCase().replace(/\.$/, '');
  const ours = ALWAYS_OURS.test(name) || claimTagOf(name) !== null || look.c.evidence.ownNames.includes(name);
  return found(!ours, 'the name is not of this installation', extensionPlace(look, Extension.serverName));
}
