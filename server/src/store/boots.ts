import { createHash } from 'node:crypto';
import type { Booted, Ended, Proved, Ready } from '../wire/facts.ts';
import type { BootId, Micros } from '../wire/ids.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';

/** The facts that targets, boots and proofs are made of. */
export type BootFact = Booted | Ready | Ended | Proved;

/** How many boots are remembered from before a start. */
const REMEMBERED_BOOTS = 1000;

/** Anybody may have one made each two seconds: days of that, in some tens of MiB. Whoever asked for one has it. */
const PROOFS_KEPT = 200_000n;

/** The one target name that is known to hold nothing of worth before its guest has told. */
const PRACTICE = 'practice';

/**
 * Writes boot facts in order. Each may be repeated, alone or with all that follow it, and ends the same. A boot that is not known
 * (its first fact was lost) is left out.
 */
export async function applyBootFacts(prisma: PrismaClient, facts: readonly BootFact[]): Promise<void> {
  for (const fact of facts) await prisma.$transaction(tx => apply(tx, fact));
}

function apply(tx: Prisma.TransactionClient, fact: BootFact): Promise<void> {
  switch (fact.kind) {
    case 'boot':
      return begin(tx, fact);
    case 'ready':
      return listen(tx, fact);
    case 'end':
      return end(tx, fact);
    case 'proof':
      return prove(tx, fact);
  }
}

async function begin(tx: Prisma.TransactionClient, fact: Booted): Promise<void> {
  const state = { state: 'booting', bootId: fact.bootId, updatedUs: micros(fact.t) };
  await tx.target.upsert({
    where: { name: fact.target },
    create: { name: fact.target, prize: fact.target !== PRACTICE, ...state },
    update: state,
  });
  await tx.boot.upsert({
    where: { id: fact.bootId },
    create: {
      id: fact.bootId,
      targetName: fact.target,
      reason: fact.reason,
      startedUs: micros(fact.t),
      imageSha256: fact.imageSha256,
      accelerator: fact.accelerator,
      qemuVersion: fact.qemuVersion,
      qemuSha256: fact.qemuSha256,
      argvSha256: fact.argvSha256,
      memoryMib: fact.memoryMiB,
    },
    update: {},
  });
}

async function listen(tx: Prisma.TransactionClient, fact: Ready): Promise<void> {
  const ca = Buffer.from(fact.ca, 'base64');
  const { count } = await tx.boot.updateMany({
    where: { id: fact.bootId },
    data: {
      readyUs: micros(fact.t),
      bootUs: micros(fact.bootUs),
      authority: fact.authority,
      caDer: ca,
      serverDer: Buffer.from(fact.server, 'base64'),
      clientDer: Buffer.from(fact.client, 'base64'),
      caSha256: sha256(ca),
      keys: fact.keys,
    },
  });
  if (count === 0) return;
  await tx.target.update({
    where: { name: fact.target },
    data: {
      state: 'ready',
      bootId: fact.bootId,
      prize: fact.prize !== null,
      address: fact.prize?.address ?? null,
      descriptor: fact.prize?.descriptor ?? null,
      internalKey: fact.prize?.internalKey ?? null,
      outputKey: fact.prize?.outputKey ?? null,
      network: fact.prize?.network ?? null,
      credentials: fact.credentials ? { ...fact.credentials } : Prisma.DbNull,
      limits: { ...fact.limits },
      updatedUs: micros(fact.t),
    },
  });
}

/** A boot ends once: what is told first stays. */
async function end(tx: Prisma.TransactionClient, fact: Ended): Promise<void> {
  await tx.boot.updateMany({
    where: { id: fact.bootId, endedUs: null },
    data: { endedUs: micros(fact.t), endReason: fact.reason, endDetail: fact.detail.replaceAll('\u0000', '\ufffd') },
  });
  await tx.target.updateMany({
    where: { name: fact.target, bootId: fact.bootId },
    data: { state: 'down', updatedUs: micros(fact.t) },
  });
}

async function prove(tx: Prisma.TransactionClient, fact: Proved): Promise<void> {
  const known = await tx.boot.findUnique({ where: { id: fact.bootId }, select: { id: true } });
  if (!known) return;
  const { bootId, target, root, message, signature } = fact;
  const { id } = await tx.proof.upsert({
    where: { bootId_root: { bootId, root } },
    create: { bootId, target, root, message, signature, madeUs: micros(fact.t) },
    update: {},
  });
  await tx.proof.deleteMany({ where: { id: { lte: id - PROOFS_KEPT } } });
}

function micros(t: Micros): bigint {
  return BigInt(Math.round(t));
}

/** SHA-256 of a DER certificate, hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** What attempts need to know of the boot that served them. */
export interface KnownBoot {
  id: BootId;
  startedUs: Micros;
  target: string;
  prize: boolean;
  imageSha256: string;
  caSha256: string | null;
  /** base64 DER; null until it is ready. */
  certificates: Pick<Ready, 'ca' | 'server' | 'client'> | null;
  end: Pick<Ended, 't' | 'reason' | 'detail'> | null;
}

/** The newest boots, as they are stored. */
export async function readKnownBoots(prisma: PrismaClient): Promise<KnownBoot[]> {
  const rows = await prisma.boot.findMany({
    orderBy: { startedUs: 'desc' },
    take: REMEMBERED_BOOTS,
    include: { target: { select: { prize: true } } },
  });
  return rows.reverse().map(row => ({
    id: row.id,
    startedUs: Number(row.startedUs),
    target: row.targetName,
    prize: row.target.prize,
    imageSha256: row.imageSha256,
    caSha256: row.caSha256,
    certificates:
      row.caDer && row.serverDer && row.clientDer
        ? { ca: base64(row.caDer), server: base64(row.serverDer), client: base64(row.clientDer) }
        : null,
    end: row.endedUs === null ? null : endOf(row.endedUs, row.endReason, row.endDetail),
  }));
}

function endOf(t: bigint, reason: string | null, detail: string | null): KnownBoot['end'] {
  return {
    t: Number(t) satisfies Micros,
    reason: END_REASONS.find(known => known === reason) ?? 'host',
    detail: detail ?? '',
  };
}

const END_REASONS = ['crash', 'planned', 'request', 'host'] as const;
