import { alertWords } from '../../../server/src/classify/words.ts';
import { count } from './format.ts';
import type { Flow, Held, Step, Stop } from './generated/api.ts';
import { KNOWN_WORDS, keysOf } from './messages.ts';

/** Who stands on the other side of the target. */
export const PEER = 'Caller';
const SENDERS: Readonly<Record<Step['from'], string>> = { peer: PEER, target: 'Target', gateway: 'Gateway' };

export function senderOf({ from }: Pick<Step, 'from'>): string {
  return SENDERS[from];
}

/** To whom a step goes. The gateway acts for the target. */
export function receiverOf({ from, kind }: Step): string {
  if (kind === 'call_back') return PEER;
  return from === 'peer' ? 'Target' : PEER;
}

/** The name of a message, with its number: `Certificate (2)`, `Alert: certificate_required`. */
export function heldName({ name, number }: Held): string {
  if (name === 'Alert') return number === null ? 'Alert' : `Alert: ${alertWords(number).name}`;
  if (name === 'Certificate') return number === null ? name : `Certificate (${number === 0 ? 'none' : number})`;
  if (name === 'Secret') return 'The secret';
  return number === null ? name : `${name} ${number}`;
}

/** A step in one short title. */
export function titleOf(step: Step): string {
  switch (step.kind) {
    case 'connect':
      return 'connects';
    case 'call_back':
      return step.ok ? 'calls back' : 'calls back: no answer';
    case 'close':
      return CLOSES[step.manner ?? 'fin'];
    case 'gap':
      return `${count(step.records)} more records, not shown`;
    case 'bytes':
      return step.encrypted ? 'encrypted bytes' : 'bytes that are no TLS record';
    case 'message':
      return step.holds.length > 0 ? heldNames(step.holds) : step.encrypted ? 'encrypted' : 'empty record';
  }
}

const CLOSES = { fin: 'closes', rst: 'resets', timeout: 'ends it: the time was over' } as const;

/** The same message several times in a row is named once: `KeyUpdate × 3`. */
function heldNames(holds: readonly Held[]): string {
  const names: { name: string; times: number }[] = [];
  for (const held of holds) {
    const name = heldName(held);
    const last = names.at(-1);
    if (last?.name === name) last.times += 1;
    else names.push({ name, times: 1 });
  }
  return names.map(({ name, times }) => (times > 1 ? `${name} × ${times}` : name)).join(', ');
}

/** Size, keys and how they are known, in one short line; empty where there is nothing to say. */
export function remarkOf(step: Step): string {
  const size = step.bytes === null ? [] : [`${count(step.bytes)} B`];
  if (step.kind === 'gap' || step.kind === 'bytes') return size.join('');
  if (step.kind !== 'message') return '';
  return [
    ...size,
    ...(step.records > 1 ? [`${count(step.records)} records`] : []),
    ...(step.complete ? [] : ['cut off']),
    keysOf(step),
    ...(step.holds.some(({ known }) => known === 'inferred') ? [KNOWN_WORDS.inferred] : []),
  ].join(' · ');
}

/** A step as one sentence: what the picture shows, for who does not see it. */
export function sentenceOf(step: Step): string {
  const remark = remarkOf(step);
  const when = step.seconds === null || step.seconds === 0 ? '' : `, after ${count(step.seconds)} s`;
  if (step.kind === 'gap') return `${titleOf(step)}${remark === '' ? '' : ` (${remark})`}.`;
  const verb = step.kind === 'message' || step.kind === 'bytes' ? ` to ${receiverOf(step)}: ` : ' ';
  return `${senderOf(step)}${verb}${titleOf(step)}${remark === '' ? '' : ` (${remark})`}${when}.`;
}

/** Where and why it ended before its time, as one line. */
export function stopWords(stop: Stop): string {
  const who = stop.by === 'peer' ? `The ${PEER.toLowerCase()} ended it here.` : `The ${stop.by} gave up here.`;
  const where = [
    ...(stop.section === null ? [] : [stop.section]),
    ...(stop.alert === null ? [] : [alertOf(stop.alert)]),
  ];
  return [who, ...(stop.says === null ? [] : [stop.says]), ...(where.length > 0 ? [`(${where.join('; ')})`] : [])].join(
    ' ',
  );
}

/** The index of the step whose bytes hold this offset of its direction; null where none is known to. */
export function stepAt({ steps }: Pick<Flow, 'steps'>, dir: 'in' | 'out', offset: number): number | null {
  const from = dir === 'in' ? 'peer' : 'target';
  let passed = 0;
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'gap') return null;
    if (step.from !== from || step.bytes === null) continue;
    passed += step.bytes;
    if (offset < passed) return index;
  }
  return null;
}

/** An alert by name and number, or by its number alone where it has no name. */
function alertOf(code: number): string {
  const { name } = alertWords(code);
  return name.startsWith('alert ') ? name : `alert ${name}, ${code}`;
}
