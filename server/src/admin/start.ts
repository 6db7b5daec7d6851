import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { AlarmWatch } from '../alarm/watch.ts';
import { Webhook } from '../alarm/webhook.ts';
import { ensureSecret, readSecrets } from '../alarm/webhook-secret.ts';
import type { Config } from '../config.ts';
import { PinataError } from '../errors.ts';
import type { Running } from '../process.ts';
import { publicUrl } from '../public-url.ts';
import type { Micros } from '../wire/ids.ts';
import { Acts } from './acts.ts';
import { publishHead } from './audit-head.ts';
import { AuditLog } from './audit-log.ts';
import { BanBoard } from './ban-board.ts';
import { Organisers } from './organisers.ts';
import { restarterAt } from './restarter.ts';
import { serveOrganisers } from './server.ts';

const LOOK_AT_BANS_MS = 1_000;

export interface OrganisersPlace {
  readonly pool: Pool;
  /** How far time has come in the gateways' spools. */
  readonly gatewayTime: () => Micros;
  readonly log: Logger;
}

/** Starts what is the organisers' in ingest: their socket and log, bans, alarms of silence, the webhook. */
export async function startOrganisers(config: Config, { pool, gatewayTime, log }: OrganisersPlace): Promise<Running> {
  const { settings, layout } = config;
  const secret = secretOf(config);
  const webhook = await webhookOf(config, { pool, log, path: secret.path });
  const audit = await AuditLog.open(join(layout.ingest, 'organisers.log'));
  await publishHead(pool, audit.head);
  const board = new BanBoard();
  const acts = new Acts({
    ...{ pool, log: audit, board, webhook, secret, addressDays: settings.PINATA_ADDRESS_DAYS },
    restart: restarterAt(layout.sockets.supervisorRestarts),
  });
  await acts.keepBans(true);
  await board.serve(layout.sockets.bans);
  const organisers = new Organisers({
    acts,
    log: audit,
    publish: head => publishHead(pool, head),
    operatorLog: log,
  });
  const server = await serveOrganisers(layout.sockets.admin, organisers, log);
  const watch = new AlarmWatch({ pool, selfTestS: settings.PINATA_SELF_TEST_S, gatewayTime, log });
  webhook?.start();
  const bans = setInterval(() => {
    acts.keepBans().catch(error => log.warn({ err: error }, 'the bans could not be looked at'));
  }, LOOK_AT_BANS_MS);
  return {
    stop: async () => {
      clearInterval(bans);
      await server.stop();
      await watch.stop();
      await webhook?.stop();
      await board.close();
      await audit.close();
    },
  };
}

function secretOf({ settings, layout }: Config): { path: string; isGiven: boolean } {
  const given = settings.PINATA_WEBHOOK_SECRET;
  return given === ''
    ? { path: join(layout.ingest, 'webhook.secret'), isGiven: false }
    : { path: given, isGiven: true };
}

/** Throws CONFIG_INVALID and WEBHOOK_SECRET_INVALID: better at the start than at the first alarm. */
async function webhookOf(
  config: Config,
  { pool, log, path }: { pool: Pool; log: Logger; path: string },
): Promise<Webhook | null> {
  const { PINATA_WEBHOOK_URL: url, PINATA_SITE: site, PINATA_WEBHOOK_SECRET: given } = config.settings;
  if (url === '') return null;
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new PinataError('CONFIG_INVALID', {
      name: 'PINATA_WEBHOOK_URL',
      why: 'it must be an http: or https: address',
    });
  if (given === '') await ensureSecret(path);
  await readSecrets(path);
  return new Webhook({ pool, url, secretFile: path, sender: { site, url: publicUrl(config) }, log });
}
