import Type from 'typebox';
import type { Config } from '../../config.ts';
import { publicUrl } from '../../public-url.ts';
import { readTerms } from '../../trust/terms.ts';
import { nullable } from '../../wire/nullable.ts';
import type { ApiContext, App } from '../context.ts';
import { Privacy, privacyOf } from '../privacy.ts';
import { readOrganisers } from '../queries/organisers.ts';
import { readTargets } from '../queries/targets.ts';
import { json, problems } from '../responses.ts';
import { RulesView, rulesView } from '../rules-view.ts';
import { TargetView, targetView } from '../target-view.ts';

const SECURITY_TXT_DAYS = 90;
const DAY_MS = 86_400_000;

const closed = { additionalProperties: false } as const;

const Installation = Type.Object(
  {
    schema: Type.Literal('pinata.installation/1'),
    site: Type.String(),
    round: Type.String(),
    url: Type.String(),
    targets: Type.Array(TargetView),
    limits: Type.Object(
      {
        connectionsPerAddress: Type.Integer({ description: 'open at a time, per address (IPv6: /64) and target' }),
        connectionsPerNetwork: Type.Integer({ description: 'the same for an IPv4 /24 or IPv6 /48' }),
        placesPerNetwork: Type.Integer({
          description: "of these, in the guest; half of a guest's places in a role at most",
        }),
        graceMs: Type.Integer({
          description: 'when all is taken, the slowest whose handshake takes longer than this gives way',
        }),
        connectionsPerAddressAndMinute: Type.Integer({ description: 'more are refused and summed' }),
        connectionsServerRole: Type.Integer({ description: 'open at a time, per target' }),
        connectionsClientRole: Type.Integer({ description: 'open at a time, per target' }),
        connections: Type.Integer({ description: 'open at a time, in all' }),
        selfTestS: Type.Integer({ description: 'seconds between self-tests' }),
        plannedRestartS: Type.Integer({ description: 'seconds until a guest is restarted with new keys' }),
        laboratory: Type.Boolean({ description: 'connect-back may dial loopback and private addresses' }),
      },
      { ...closed, description: "the gateway's; each target has its guest's beside it" },
    ),
    keepDays: Type.Integer({
      description: 'days for which single attempts are kept; counts stay for ever; 0: attempts too',
    }),
    privacy: Privacy,
    rules: RulesView,
    bans: Type.Object(
      { active: Type.Integer({ description: 'networks that are refused now; each ban ends by itself' }) },
      closed,
    ),
    organisersLog: Type.Object(
      {
        entries: Type.Integer(),
        sha256: nullable(Type.String({ description: 'of the newest entry, which holds the hash of the one before' })),
      },
      { ...closed, description: "where the organisers' log stands; its entries are not public" },
    ),
    links: Type.Record(Type.String(), Type.String()),
  },
  { ...closed, title: 'Installation' },
);

/** `/.well-known/pinata.json` (what an attacker's tool needs to know) and `/.well-known/security.txt` (RFC 9116). */
export function wellKnownRoutes(app: App, { config, database }: ApiContext): void {
  const rules = rulesView(readTerms());
  app.get(
    '/.well-known/pinata.json',
    {
      schema: {
        tags: ['service'],
        summary: 'This installation, for machines',
        response: { 200: json('Targets, limits and links', Installation), ...problems },
      },
    },
    async (_request, reply): Promise<unknown> => {
      const [targets, organisers] = await Promise.all([readTargets(database), readOrganisers(database)]);
      reply.header('cache-control', 'public, max-age=5');
      return {
        schema: 'pinata.installation/1',
        site: config.settings.PINATA_SITE,
        round: config.settings.PINATA_ROUND,
        url: publicUrl(config),
        targets: targets.map(row => targetView(row, config)),
        limits: gatewayLimits(config),
        keepDays: config.settings.PINATA_KEEP_DAYS,
        privacy: privacyOf(config, publicUrl(config)),
        rules,
        bans: { active: organisers.active_bans },
        organisersLog: { entries: organisers.entries, sha256: organisers.sha256 },
        links: linksOf(publicUrl(config)),
      };
    },
  );

  app.get('/.well-known/security.txt', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/plain; charset=utf-8').send(securityTxt(config)),
  );
}

function gatewayLimits({ settings }: Config) {
  return {
    connectionsPerAddress: settings.PINATA_CAP_PER_ADDRESS,
    connectionsPerNetwork: settings.PINATA_CAP_PER_NETWORK,
    placesPerNetwork: settings.PINATA_PLACES_PER_NETWORK,
    graceMs: settings.PINATA_GRACE_MS,
    connectionsPerAddressAndMinute: settings.PINATA_RATE_PER_ADDRESS,
    connectionsServerRole: settings.PINATA_CAP_SERVER,
    connectionsClientRole: settings.PINATA_CAP_CLIENT,
    connections: settings.PINATA_CAP_GLOBAL,
    selfTestS: settings.PINATA_SELF_TEST_S,
    plannedRestartS: settings.PINATA_PLANNED_RESTART_S,
    laboratory: settings.PINATA_LAB,
  };
}

function linksOf(url: string): Record<string, string> {
  return {
    rules: `${url}/rules`,
    privacy: `${url}/privacy`,
    status: `${url}/status.json`,
    events: `${url}/api/v1/events`,
    feed: `${url}/feed.atom`,
    badge: `${url}/badge.svg`,
    attempts: `${url}/api/v1/attempts`,
    stream: `${url}/api/v1/stream`,
    openapi: `${url}/openapi.json`,
    schema: `${url}/schema/attempt-1.json`,
    security: `${url}/.well-known/security.txt`,
  };
}

/** RFC 9116; `Expires` is on a whole day, so that it stays the same for that long. */
export function securityTxt(config: Config, nowMs: number = Date.now()): string {
  const url = publicUrl(config);
  const expires = new Date((Math.floor(nowMs / DAY_MS) + SECURITY_TXT_DAYS) * DAY_MS).toISOString();
  const lines = [
    `Contact: ${config.settings.PINATA_CONTACT || `${url}/rules`}`,
    `Expires: ${expires}`,
    'Preferred-Languages: en',
    `Canonical: ${url}/.well-known/security.txt`,
    `Policy: ${url}/rules`,
  ];
  return `${lines.join('\n')}\n`;
}
