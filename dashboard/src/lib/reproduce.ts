import type { Outcome } from '../../../server/src/wire/outcomes.ts';
import type { AttemptRecord } from './generated/api.ts';

/** Where a target is reached, by this installation's own word. */
export interface Endpoint {
  readonly host: string;
  readonly ports: Readonly<Record<AttemptRecord['channel'], number>>;
  /** The port that a connect-back dials. */
  readonly callbackTo: number;
}

/** Commands that do the same again. Every word of them is ours: an attempt gives no more than its outcome, channel and target. */
export interface Recipe {
  /** One command to a line, for a shell. */
  readonly lines: readonly string[];
  /** What to know of it; null where there is nothing. */
  readonly remark: string | null;
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:]{2,39})$/i;
const TARGET = /^[a-z][a-z0-9-]{0,31}$/;

/** Certificates that nobody vouches for: a leaf, and one that is an authority. */
const NEW_KEY =
  'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=nobody -keyout key.pem -out cert.pem';
const NEW_LEAF = `${NEW_KEY} -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=clientAuth,serverAuth`;
/** RFC 8446 §5.1 and §4: a record with the header of a ClientHello, and too little or nonsense in it. */
const HALF_HELLO = String.raw`printf '\026\003\001\000\310\001\000\000\304\003\003'`;
const BAD_HELLO = String.raw`printf '\026\003\001\000\010\001\000\000\004\377\377\377\377'`;

const PLACE = 'HOST:PORT';

interface Plan {
  readonly lines: readonly string[];
  readonly remark?: string;
}

const client = (rest: string): string => `openssl s_client -connect ${PLACE} -tls1_3 ${rest}`.trimEnd();
const own = '-cert cert.pem -key key.pem';
const published = (target: string) => `./pinata credentials ${target} --out practice`;

/** What a client does. `practice` has published credentials; other targets have none. */
function asClient(outcome: Outcome, target: string): Plan | null {
  switch (outcome) {
    case 'connect_only':
      return { lines: ['nc -z HOST PORT'] };
    case 'idle_timeout':
      return { lines: ['sleep 60 | nc HOST PORT'], remark: 'It ends when the time is up.' };
    case 'not_tls':
      return { lines: ['echo hello | nc HOST PORT'] };
    case 'hello_incomplete':
      return { lines: [`${HALF_HELLO} | timeout 2 nc HOST PORT`] };
    case 'hello_malformed':
      return { lines: [`${BAD_HELLO} | nc HOST PORT`] };
    case 'version_refused':
      return { lines: [`openssl s_client -connect ${PLACE} -tls1_2`] };
    case 'parameters_refused':
      return { lines: [client('-groups X448')] };
    case 'certificate_missing':
      return { lines: [client('')] };
    case 'refused_by_peer':
      return {
        lines: [client('-verify_return_error')],
        remark: 'The authority of the target is none that OpenSSL knows.',
      };
    case 'certificate_untrusted':
      return { lines: [NEW_LEAF, client(own)] };
    case 'certificate_unsuitable':
      return {
        lines: [NEW_KEY, client(own)],
        remark: 'The certificate is that of an authority, in the place of a leaf.',
      };
    case 'released_practice':
      return {
        lines: [
          published(target),
          client('-ign_eof -CAfile practice/ca.pem -cert practice/client.pem -key practice/client.key'),
        ],
      };
    default:
      return null;
  }
}

/** What a server does. `-Verify` asks for a certificate, as the target expects. */
function asServer(outcome: Outcome, target: string): Plan | null {
  const serve = (rest: string): string => `openssl s_server -accept LISTEN -tls1_3 -Verify 1 ${rest}`;
  switch (outcome) {
    case 'refused_by_peer':
      return { lines: [NEW_LEAF, serve(own).replace('-tls1_3', '-tls1_2')] };
    case 'certificate_untrusted':
      return { lines: [NEW_LEAF, serve(own)] };
    case 'certificate_unsuitable':
      return {
        lines: [NEW_KEY, serve(own)],
        remark: 'The certificate is that of an authority, in the place of a leaf.',
      };
    case 'released_practice':
      return {
        lines: [published(target), serve('-CAfile practice/ca.pem -cert practice/server.pem -key practice/server.key')],
      };
    default:
      return null;
  }
}

/** How to do such an attempt again; null where the place is not what it should be, so that nothing odd ends in a shell. */
export function recipeFor(
  {
    result: { outcome },
    channel,
    target,
  }: Pick<AttemptRecord, 'channel' | 'target'> & { result: { outcome: Outcome } },
  { host, ports, callbackTo }: Endpoint,
): Recipe | null {
  const port = ports[channel];
  if (!HOST.test(host) || !TARGET.test(target) || !isPort(port) || !isPort(callbackTo)) return null;
  const filled = (lines: readonly string[]) => lines.map(line => fill(line, { host, port, listen: callbackTo }));
  if (channel === 'callback' && outcome === 'callback_unreachable') {
    return { lines: filled(['nc -z HOST PORT']), remark: 'With nothing that listens where the call back goes.' };
  }
  const plan = channel === 'server' ? asClient(outcome, target) : asServer(outcome, target);
  if (!plan) {
    const nearest = `./pinata attempt --target ${target}`;
    return {
      lines: [nearest],
      remark: 'OpenSSL does not do this by itself. This makes an ordinary attempt without a certificate.',
    };
  }
  return {
    lines: [...filled(plan.lines), ...filled(channel === 'server' ? [] : CALLS[channel])],
    remark: plan.remark ?? null,
  };
}

/** In another terminal, once the server waits. */
const CALLS: Readonly<Record<'callback' | 'client', readonly string[]>> = {
  callback: ['nc -z HOST PORT'],
  client: [`socat TCP:${PLACE} TCP:127.0.0.1:LISTEN`],
};

function fill(line: string, { host, port, listen }: { host: string; port: number; listen: number }): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return line
    .replaceAll(PLACE, `${bracketed}:${port}`)
    .replaceAll('HOST', host)
    .replaceAll('PORT', String(port))
    .replaceAll('LISTEN', String(listen));
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}
