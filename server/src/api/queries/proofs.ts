import Type, { type Static } from 'typebox';
import type { Queryable } from '../../export/attempt-pages.ts';
import { nullable } from '../../wire/nullable.ts';
import { timeOf } from '../time.ts';

/** A proof that was made, with what its boot published. Its root covers nonces that only those who sent them know. */
export const MadeProof = Type.Object(
  {
    seq: Type.Integer({ description: 'rises with each proof' }),
    madeAt: Type.String({ format: 'date-time' }),
    target: Type.String(),
    bootId: Type.String({ format: 'uuid' }),
    imageSha256: Type.String(),
    caSha256: nullable(Type.String()),
    root: Type.String(),
    message: Type.String(),
    signature: Type.String(),
    key: nullable(Type.String({ description: 'x-only; the vault key of its boot' })),
  },
  { additionalProperties: false, title: 'MadeProof' },
);
export type MadeProof = Static<typeof MadeProof>;

interface ProofRow {
  id: number;
  made_us: number;
  target: string;
  boot_id: string;
  image_sha256: string;
  ca_sha256: string | null;
  keys: { role: string; xOnly: string }[];
  root: string;
  message: string;
  signature: string;
}

/** Proofs of a target, newest first. `before` is the `seq` of one. */
export async function readProofs(
  database: Queryable,
  filter: { target: string; before?: number; limit: number },
): Promise<MadeProof[]> {
  const rows = await database.query<ProofRow>(
    `select proof.id, made_us, proof.target, boot_id, image_sha256, ca_sha256, keys, root, message, signature
     from proof join boot on boot.id = boot_id
     where proof.target = $1 and ($2::bigint is null or proof.id < $2) order by proof.id desc limit $3`,
    [filter.target, filter.before ?? null, filter.limit],
  );
  return rows.map(row => ({
    seq: row.id,
    madeAt: timeOf(row.made_us),
    target: row.target,
    bootId: row.boot_id,
    imageSha256: row.image_sha256,
    caSha256: row.ca_sha256,
    root: row.root,
    message: row.message,
    signature: row.signature,
    key: row.keys.find(({ role }) => role === 'vault')?.xOnly ?? null,
  }));
}

/** Whether there is a target of this name. */
export async function isTarget(database: Queryable, name: string): Promise<boolean> {
  const rows = await database.query('select from target where name = $1', [name]);
  return rows.length > 0;
}
