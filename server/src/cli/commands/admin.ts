import Type from 'typebox';
import { checkChain } from '../../admin/audit-chain.ts';
import { LogResult, StatusResult } from '../../admin/messages.ts';
import { parseUntil } from '../../admin/until.ts';
import { PinataError } from '../../errors.ts';
import { usage } from '../arguments.ts';
import type { Command, Invocation } from '../command.ts';
import { callOrganisers } from '../organisers.ts';

const USAGE = `admin VERB …

  ./pinata admin status                                 bans, announcements, webhook, log
  ./pinata admin restart TARGET                         a new boot, with new keys
  ./pinata admin announce TEXT [--until TIME]           on every page, in the feed
  ./pinata admin withdraw ID
  ./pinata admin ban ADDRESS|PREFIX [--until TIME] [--reason TEXT]
  ./pinata admin unban ADDRESS|PREFIX
  ./pinata admin moderate ATTEMPT --hide|--show         texts that its sender chose
  ./pinata admin erase ATTEMPT --reason TEXT            what is private of it, for good
  ./pinata admin rotate webhook-secret
  ./pinata admin webhook test
  ./pinata admin log [--verify]                         who did what

  TIME is 2026-11-24T12:00:00Z, or from now: 30m, 2h, 7d`;

/** What a verb does with the words after it. */
type Run = (words: readonly string[], invocation: Invocation) => Promise<number>;

const Done = Type.Object({ done: Type.Literal(true) });
const Banned = Type.Object({ ban: Type.String(), network: Type.String(), until: Type.Optional(Type.String()) });

const VERBS: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['status', status],
  [
    'restart',
    async ([target = ''], it) => {
      await callOrganisers(socketOf(it), 'restart', { target }, Done);
      it.print(`${target} restarts; ./pinata status tells when it is ready`);
      return 0;
    },
  ],
  [
    'announce',
    async ([text = ''], it) => {
      const { id } = await callOrganisers(
        socketOf(it),
        'announce',
        { text, ...untilOf(it) },
        Type.Object({ id: Type.Integer() }),
      );
      it.print(`announcement ${id} is on the pages`);
      return 0;
    },
  ],
  [
    'withdraw',
    async ([id = ''], it) => {
      await callOrganisers(socketOf(it), 'withdraw', { id: Number(id) }, Done);
      it.print(`announcement ${id} is withdrawn`);
      return 0;
    },
  ],
  [
    'ban',
    async ([network = ''], it) => {
      const { reason } = it.flags;
      const given = { network, ...untilOf(it), ...(typeof reason === 'string' && { reason }) };
      const banned = await callOrganisers(socketOf(it), 'ban', given, Banned);
      it.print(`${banned.network} is refused until ${banned.until} (ban ${banned.ban})`);
      return 0;
    },
  ],
  [
    'unban',
    async ([network = ''], it) => {
      const lifted = await callOrganisers(socketOf(it), 'unban', { network }, Banned);
      it.print(`${lifted.network} is let in again`);
      return 0;
    },
  ],
  [
    'moderate',
    async ([attemptId = ''], it) => {
      const { hide, show } = it.flags;
      if (Boolean(hide) === Boolean(show)) throw usage('moderate takes one of --hide and --show.');
      await callOrganisers(socketOf(it), 'moderate', { attemptId, hide: Boolean(hide) }, Done);
      it.print(`the texts of ${attemptId} are ${hide ? 'hidden' : 'shown'}`);
      return 0;
    },
  ],
  [
    'erase',
    async ([attemptId = ''], it) => {
      const { reason } = it.flags;
      if (typeof reason !== 'string' || reason === '') throw usage('erase needs --reason.');
      await callOrganisers(socketOf(it), 'erase', { attemptId, reason }, Done);
      it.print(`what was private of ${attemptId} is gone for good`);
      return 0;
    },
  ],
  [
    'rotate',
    async ([what = ''], it) => {
      if (what !== 'webhook-secret')
        throw usage(
          'Only the webhook-secret is rotated by itself; ./pinata admin restart TARGET gives a guest new keys.',
        );
      const shape = Type.Object({ secret: Type.String() });
      const { secret } = await callOrganisers(socketOf(it), 'rotate-webhook-secret', {}, shape);
      it.print(secret);
      it.print('Messages are signed with this one and the one before it, until the next rotation.');
      return 0;
    },
  ],
  [
    'webhook',
    async ([what = ''], it) => {
      if (what !== 'test') throw usage('usage: ./pinata admin webhook test');
      const shape = Type.Object({ id: Type.String(), answer: Type.String() });
      const { id, answer } = await callOrganisers(socketOf(it), 'test-webhook', {}, shape);
      it.print(`${id} was accepted: ${answer}`);
      return 0;
    },
  ],
  ['log', log],
]);

/** Verbs that stand alone. */
const ALONE = ['status', 'log'];

export const admin: Command = {
  usage: USAGE,
  summary: 'what organisers do: restart, announce, ban, moderate, erase; every call is in a log',
  flags: {
    until: { type: 'string' },
    reason: { type: 'string' },
    hide: { type: 'boolean' },
    show: { type: 'boolean' },
    verify: { type: 'boolean' },
  },
  words: { min: 1, max: 2 },
  run: async invocation => {
    const [name = '', ...words] = invocation.words;
    const run = VERBS.get(name);
    if (!run || words.length !== Number(!ALONE.includes(name))) throw usage('./pinata help admin shows the verbs.');
    return run(words, invocation);
  },
};

async function status(_words: readonly string[], it: Invocation): Promise<number> {
  const now = await callOrganisers(socketOf(it), 'status', {}, StatusResult);
  for (const { network, until } of now.bans) it.print(`ban          ${network} until ${until}`);
  for (const { id, at, until, text } of now.announcements)
    it.print(`announcement ${id}, since ${at}${until ? `, until ${until}` : ''}: ${text}`);
  const { webhook } = now;
  it.print(
    webhook
      ? `webhook      ${webhook.delivered} accepted, ${webhook.waiting} waiting, ${webhook.gaveUp} given up; last answer: ${webhook.lastAnswer ?? 'none yet'}`
      : 'webhook      none is set',
  );
  it.print(`log          ${now.log.entries} entries, the last is ${now.log.sha256}`);
  return 0;
}

async function log(_words: readonly string[], it: Invocation): Promise<number> {
  const { lines, published } = await callOrganisers(socketOf(it), 'log', {}, LogResult);
  if (!it.flags.verify) {
    for (const line of lines) it.print(line);
    return 0;
  }
  const finding = checkChain(lines, published);
  if ('entry' in finding) throw new PinataError('AUDIT_BROKEN', { entry: finding.entry, why: finding.why });
  it.print(`all ${finding.head.entries} entries hold; the last is ${finding.head.sha256}`);
  return 0;
}

function untilOf({ flags: { until } }: Invocation): { until?: string } {
  if (typeof until !== 'string') return {};
  const at = parseUntil(until, Date.now());
  if (!at) throw usage(`${until} is no time to come: give 2026-11-24T12:00:00Z, or 30m, 2h, 7d.`);
  return { until: at.toISOString() };
}

function socketOf({ clientConfig }: Invocation): string {
  return clientConfig().layout.sockets.admin;
}
