import type { Flow, Held, Step } from '../flow.ts';

/** A flow as short lines, for reading and comparing: `peer > ClientHello (330 B, none)`. */
export function written({ steps, stop }: Flow): string[] {
  return steps.map((step, index) => `${line(step)}${stop?.step === index ? ` | ${stop.by} stops: ${stop.check}` : ''}`);
}

function line(step: Step): string {
  if (step.kind === 'close') return `${step.from} closes: ${step.manner}`;
  if (step.kind !== 'message') return `${step.from} ${step.kind}${step.bytes === null ? '' : ` ${step.bytes} B`}`;
  const times = step.records > 1 ? ` in ${step.records} records` : '';
  const what = step.holds.length > 0 ? step.holds.map(heldText).join(' ') : 'encrypted';
  return `${step.from} > ${what}${times} (${step.bytes} B, ${step.epoch})`;
}

function heldText({ name, number, known }: Held): string {
  return `${name}${number === null ? '' : `:${number}`}${known === 'read' ? '' : known === 'told' ? '*' : '?'}`;
}
