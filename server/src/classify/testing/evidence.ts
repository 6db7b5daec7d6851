import { TlsObserver } from '../../tls/observer.ts';
import type { Closed, Direction, Ended, GuestRole } from '../../wire/facts.ts';
import type { GuestEvent } from '../../wire/guest-event.ts';
import type { Evidence, Read } from '../evidence.ts';

const ID = '0193567a-0000-7000-8000-000000000001';
const BOOT = '0193567a-0000-7000-8000-0000000000ff';
const START = 1_700_000_000_000_000;
const TARGET = 'prize';

/** A guest's event without its clock. */
export type Told = GuestEvent extends infer E ? (E extends GuestEvent ? Omit<E, 'us'> : never) : never;

export interface Story {
  prize?: boolean;
  guestRole?: GuestRole;
  /** What went over the wire, a millisecond apart unless there is a time, in milliseconds since the opening. */
  wire?: readonly (readonly [Direction, Uint8Array, (number | undefined)?])[];
  guest?: readonly Told[];
  /** Null: the recording breaks off. Otherwise the attacker closes in order, unless told differently. */
  close?: Partial<Closed> | null;
  dialled?: boolean;
  bootEnd?: Ended['reason'] | null;
  releaseLikely?: boolean;
  selfTest?: boolean;
  ready?: Evidence['ready'];
}

/** Evidence as ingest would bring it, of one attempt on a prize in the server role unless told otherwise. */
export function evidenceOf(story: Story): Evidence {
  const { guestRole = 'server', wire = [], guest = [], dialled = true } = story;
  const observer = new TlsObserver(guestRole);
  const reads: Read[] = [];
  let at = 0;
  wire.forEach(([dir, bytes, ms], index) => {
    const t = START + 1000 * (ms ?? index + 1);
    observer.push(dir, bytes, t);
    if (dir === 'out') return;
    reads.push({ at, length: bytes.length, t });
    at += bytes.length;
  });
  const sum = (wanted: Direction) => wire.reduce((bytes, [dir, part]) => bytes + (dir === wanted ? part.length : 0), 0);
  const end = Math.max(START + 1000 * (wire.length + 2), (reads.at(-1)?.t ?? 0) + 1000);
  const closed: Closed = {
    ...{ kind: 'close', t: end, id: ID, end: 'done', by: 'peer', how: 'fin' },
    ...{ bytesIn: sum('in'), bytesOut: sum('out') },
    ...story.close,
  };
  const channel = guestRole === 'server' ? 'server' : 'client';
  return {
    prize: story.prize ?? true,
    open: { kind: 'open', t: START, id: ID, target: TARGET, channel, guestRole, bootId: BOOT, selfTest: null },
    close: story.close === null ? null : closed,
    dials: dialled ? [{ kind: 'dial', t: START, id: ID, to: 'guest', ok: true }] : [],
    observation: observer.result(),
    reads,
    guest: guest.map((event, index) => ({
      ...{ kind: 'guest', t: START + index, target: TARGET, bootId: BOOT, seq: index, id: ID },
      event: { us: index, ...event },
    })),
    bootEnd: story.bootEnd
      ? { kind: 'end', t: end, target: TARGET, bootId: BOOT, reason: story.bootEnd, detail: 'panic: test' }
      : null,
    ready: story.ready ?? null,
    releaseLikely: story.releaseLikely ?? false,
    selfTest: story.selfTest ?? false,
    ownNames: ['attack.example'],
  };
}
