import Type, { type Static } from 'typebox';
import type { Queryable } from '../../export/attempt-pages.ts';
import { nullable } from '../../wire/nullable.ts';
import { PublishedCertificate, publishCertificate } from '../pem.ts';
import { timeOf, timeOrNull } from '../time.ts';

const closed = { additionalProperties: false } as const;

/** One start of a target's VM, as it is published. Why a crash happened stays with the operator until the embargo ends. */
export const Boot = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    target: Type.String(),
    reason: Type.String({ description: 'start, planned, crash or request' }),
    startedAt: Type.String({ format: 'date-time' }),
    readyAt: nullable(Type.String({ format: 'date-time' })),
    bootMs: nullable(Type.Number({ description: 'from the start of QEMU to the guest being ready' })),
    endedAt: nullable(Type.String({ format: 'date-time' })),
    endReason: nullable(Type.String()),
    imageSha256: Type.String(),
    accelerator: Type.String({ description: 'tcg is emulation: QEMU promises isolation only with kvm' }),
    qemuVersion: Type.String(),
    qemuSha256: Type.String(),
    argvSha256: Type.String(),
    memoryMiB: Type.Integer(),
    authority: nullable(Type.String({ description: 'born in the guest, or given to it' })),
    certificates: Type.Object(
      {
        ca: nullable(PublishedCertificate),
        server: nullable(PublishedCertificate),
        client: nullable(PublishedCertificate),
      },
      closed,
    ),
    keys: Type.Array(Type.Object({ role: Type.String(), xOnly: Type.String() }, closed)),
    lostEvents: Type.Integer(),
  },
  { ...closed, title: 'Boot' },
);
export type Boot = Static<typeof Boot>;

interface BootRow {
  id: string;
  target: string;
  reason: string;
  started_us: number;
  ready_us: number | null;
  boot_us: number | null;
  ended_us: number | null;
  end_reason: string | null;
  image_sha256: string;
  accelerator: string;
  qemu_version: string;
  qemu_sha256: string;
  argv_sha256: string;
  memory_mib: number;
  authority: string | null;
  ca_der: Uint8Array | null;
  server_der: Uint8Array | null;
  client_der: Uint8Array | null;
  keys: { role: string; xOnly: string }[];
  lost_events: number;
}

const COLUMNS = `id, target, reason, started_us, ready_us, boot_us, ended_us, end_reason, image_sha256, accelerator, qemu_version,
  qemu_sha256, argv_sha256, memory_mib, authority, ca_der, server_der, client_der, keys, lost_events`;

/** Boots, newest first. `before` is a boot's id; ids are ordered by time. */
export async function readBoots(
  database: Queryable,
  filter: { target?: string; before?: string; limit: number },
): Promise<Boot[]> {
  const rows = await database.query<BootRow>(
    `select ${COLUMNS} from boot where ($1::text is null or target = $1) and ($2::uuid is null or id < $2)
     order by id desc limit $3`,
    [filter.target ?? null, filter.before ?? null, filter.limit],
  );
  return rows.map(toBoot);
}

/** One boot, or undefined. */
export async function readBoot(database: Queryable, id: string): Promise<Boot | undefined> {
  const [row] = await database.query<BootRow>(`select ${COLUMNS} from boot where id = $1`, [id]);
  return row && toBoot(row);
}

function toBoot(row: BootRow): Boot {
  return {
    id: row.id,
    target: row.target,
    reason: row.reason,
    startedAt: timeOf(row.started_us),
    readyAt: timeOrNull(row.ready_us),
    bootMs: row.boot_us === null ? null : row.boot_us / 1000,
    endedAt: timeOrNull(row.ended_us),
    endReason: row.end_reason,
    imageSha256: row.image_sha256,
    accelerator: row.accelerator,
    qemuVersion: row.qemu_version,
    qemuSha256: row.qemu_sha256,
    argvSha256: row.argv_sha256,
    memoryMiB: row.memory_mib,
    authority: row.authority,
    certificates: {
      ca: publishCertificate(row.ca_der),
      server: publishCertificate(row.server_der),
      client: publishCertificate(row.client_der),
    },
    keys: row.keys.map(({ role, xOnly }) => ({ role, xOnly })),
    lostEvents: row.lost_events,
  };
}
