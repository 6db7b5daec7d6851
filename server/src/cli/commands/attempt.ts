import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { alertWords, OUTCOME_WORDS } from '../../classify/words.ts';
import type { Config } from '../../config.ts';
import { PinataError } from '../../errors.ts';
import { claimName, claimTagOfToken, newClaimToken } from '../../trust/claim-tag.ts';
import { dashboardUrl, reachable } from '../../up/summary.ts';
import { DEPTHS } from '../../wire/outcomes.ts';
import { type Attempt, Attempts, Credentials, type Target, Targets } from '../answers.ts';
import { getJson } from '../api.ts';
import { usage } from '../arguments.ts';
import type { Command } from '../command.ts';
import { attemptTls, type Seen } from '../tls-attempt.ts';

const PUBLISHED_DEADLINE_MS = 45_000;
const POLL_MS = 200;
/** RFC 8446 §6.1: an orderly end, no reason. */
const CLOSE_NOTIFY = 0;

export const attempt: Command = {
  usage: 'attempt [--target practice] [--with-credentials | --cert FILE --key FILE]',
  summary: 'make one real TLS attempt and show what became of it',
  flags: {
    target: { type: 'string', default: 'practice' },
    'with-credentials': { type: 'boolean' },
    cert: { type: 'string' },
    key: { type: 'string' },
  },
  words: { min: 0, max: 0 },
  run: async ({ flags, clientConfig, print }) => {
    const settled = clientConfig();
    const name = String(flags.target);
    const target = await findTarget(settled, name);
    const identity = await readIdentity(settled, name, flags);
    const token = newClaimToken();
    const tag = claimTagOfToken(token);
    const before = await newestSeq(settled);

    const seen = await attemptTls({
      host: reachable(settled.settings.PINATA_ATTACK_HOST),
      port: target.ports.server,
      servername: claimName(tag),
      ...(target.certificates.ca ? { ca: target.certificates.ca.pem } : {}),
      ...identity,
    });
    printSeen(seen, print);
    const row = await published(settled, before, tag);
    printRow(row, settled, print);
    printClaim(token, settled, print);
    return 0;
  },
};

async function findTarget(config: Config, name: string): Promise<Target> {
  const { rows } = await getJson(config, '/api/v1/targets', Targets);
  const target = rows.find(row => row.target === name);
  if (!target) throw new PinataError('TARGET_UNKNOWN', { target: name });
  return target;
}

/** The certificate and key to present; nothing by default. */
async function readIdentity(
  config: Config,
  target: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): Promise<{ cert: string; key: string } | Record<string, never>> {
  if (flags['with-credentials'] === true) {
    const path = `/api/v1/targets/${encodeURIComponent(target)}/credentials`;
    const files = await getJson(config, path, Credentials);
    return { cert: files['client.pem'], key: files['client.key'] };
  }
  if (flags.cert === undefined && flags.key === undefined) return {};
  if (typeof flags.cert !== 'string' || typeof flags.key !== 'string') throw usage('--cert and --key belong together.');
  const [cert, key] = await Promise.all([readFile(flags.cert, 'utf8'), readFile(flags.key, 'utf8')]).catch(error => {
    throw usage(error.message);
  });
  return { cert, key };
}

async function newestSeq(config: Config): Promise<number> {
  const { rows } = await getJson(config, '/api/v1/attempts?limit=1', Attempts);
  return rows[0]?.seq ?? 0;
}

/** Waits until the attempt with our tag is published. Other people's attempts may come before it. */
async function published(config: Config, after: number, tag: string): Promise<Attempt> {
  const deadline = Date.now() + PUBLISHED_DEADLINE_MS;
  for (let from = after; Date.now() < deadline; ) {
    const { rows } = await getJson(config, `/api/v1/attempts?order=asc&limit=1000&after=${from}`, Attempts);
    const own = rows.find(row => row.result.claimTag === tag);
    if (own) return own;
    from = rows.at(-1)?.seq ?? from;
    if (rows.length === 0) await delay(POLL_MS);
  }
  throw new PinataError('ATTEMPT_UNKNOWN', { id: `with tag ${tag}` });
}

function printSeen({ connected, serverVerified, text, error }: Seen, print: (line: string) => void): void {
  const server = serverVerified
    ? 'its certificate is by the published CA'
    : 'its certificate is NOT by the published CA';
  print(`client     ${connected ? `TLS 1.3, ${server}` : 'no session'}${error ? `; ended by: ${error}` : ''}`);
  if (text !== '') print(text.trimEnd().replaceAll(/^/gm, '           | '));
}

function printRow({ id, result, certificate }: Attempt, config: Config, print: (line: string) => void): void {
  const chain = certificate.chainResult === 'ok' ? null : certificate.chainResult;
  const alerts = result.alertsSent.filter(code => code !== CLOSE_NOTIFY).map(code => `alert ${alertWords(code).name}`);
  const reasons = [...new Set([result.guestError, chain, ...alerts])].filter(reason => reason !== null);
  print(`attempt    ${id}`);
  print(`outcome    ${result.outcome}, depth ${result.depth} (${DEPTHS[result.depth]})`);
  print(`reason     ${OUTCOME_WORDS[result.outcome]}${reasons.length > 0 ? ` [${reasons.join('; ')}]` : ''}`);
  print(`link       ${dashboardUrl(config.settings)}/attempts/${id}`);
}

/** Shown once and kept nowhere: who has it is who made the attempt. */
function printClaim(token: string, config: Config, print: (line: string) => void): void {
  print(`claim      ${token}`);
  print(
    '           Keep it: it opens the capture of this attempt, puts a name to it, and erases what is private of it,',
  );
  print(`           at ${dashboardUrl(config.settings)}/me. It is stored nowhere and shown to nobody else.`);
}
