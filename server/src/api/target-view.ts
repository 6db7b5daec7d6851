import Type, { type Static } from 'typebox';
import { selfTestStaleAfterS } from '../alarm/self-test-age.ts';
import type { Config } from '../config.ts';
import { nullable } from '../wire/nullable.ts';
import { PublishedCertificate, publishCertificate } from './pem.ts';
import { portsOf, type TargetRow } from './queries/targets.ts';
import { TargetStatus } from './snapshot.ts';
import { timeOf, timeOrNull } from './time.ts';

const closed = { additionalProperties: false } as const;

/** A target as the dashboard's strip shows it. Pure. */
export function targetStatus(row: TargetRow, config: Config): TargetStatus {
  return {
    target: row.name,
    prize: row.prize,
    state: row.state,
    bootId: row.boot_id,
    readyAt: timeOrNull(row.ready_us),
    accelerator: row.accelerator,
    imageSha256: row.image_sha256,
    restarts: Math.max(0, row.boots - 1),
    selfTest: row.test_us === null ? null : { at: timeOf(row.test_us), passed: row.test_passed },
    selfTestStaleAfterS: selfTestStaleAfterS(config.settings.PINATA_SELF_TEST_S),
    unclaimedSince: row.prize && row.released_us === null ? timeOrNull(row.first_us) : null,
    released:
      row.released_id === null || row.released_us === null
        ? null
        : { id: row.released_id, at: timeOf(row.released_us) },
    address: row.address,
    ports: portsOf(config.settings, row.name),
  };
}

/** Everything that is public about a target. */
export const TargetView = Type.Object(
  {
    ...TargetStatus.properties,
    host: Type.String({ description: 'where attackers connect' }),
    callbackTo: Type.Integer({ description: 'port that a connect-back dials on the initiator' }),
    authority: nullable(Type.String({ description: 'born in the guest, or given to it' })),
    certificates: Type.Object(
      {
        ca: nullable(PublishedCertificate),
        server: nullable(PublishedCertificate),
        client: nullable(PublishedCertificate),
      },
      closed,
    ),
    keys: Type.Array(Type.Object({ role: Type.String(), xOnly: Type.String({ description: 'BIP-340, hex' }) }, closed)),
    output: nullable(
      Type.Object(
        {
          network: Type.String(),
          address: Type.String(),
          descriptor: Type.String(),
          internalKey: Type.String(),
          outputKey: Type.String(),
        },
        { ...closed, description: 'the money: the BIP-341 key-path output of the vault key' },
      ),
    ),
    limits: nullable(
      Type.Object(
        {
          placesServer: Type.Integer(),
          placesClient: Type.Integer(),
          handshakeMs: Type.Integer(),
          releaseMs: Type.Integer(),
          bytesBeforeAuthentication: Type.Integer(),
          chainMax: Type.Integer(),
          signaturesMax: Type.Integer(),
        },
        { ...closed, description: 'what the guest enforces' },
      ),
    ),
    credentials: nullable(Type.String({ description: 'where its PEM files are, if it publishes them' })),
  },
  { ...closed, title: 'Target' },
);
export type TargetView = Static<typeof TargetView>;

/** The whole public view of a target. Pure. */
export function targetView(row: TargetRow, config: Config): TargetView {
  return {
    ...targetStatus(row, config),
    host: publicHost(config),
    callbackTo: config.settings.PINATA_CALLBACK_PORT,
    authority: row.authority,
    certificates: {
      ca: publishCertificate(row.ca_der),
      server: publishCertificate(row.server_der),
      client: publishCertificate(row.client_der),
    },
    keys: (row.keys ?? []).map(({ role, xOnly }) => ({ role, xOnly })),
    output: outputOf(row),
    limits: row.limits,
    credentials: row.publishes_credentials ? `/api/v1/targets/${encodeURIComponent(row.name)}/credentials` : null,
  };
}

function publicHost(config: Config): string {
  const { PINATA_PUBLIC_URL: url, PINATA_ATTACK_HOST: host } = config.settings;
  return url !== '' && URL.canParse(url) ? new URL(url).hostname : host;
}

function outputOf(row: TargetRow): TargetView['output'] {
  const { network, address, descriptor, internal_key: internalKey, output_key: outputKey } = row;
  if (!network || !address || !descriptor || !internalKey || !outputKey) return null;
  return { network, address, descriptor, internalKey, outputKey };
}
