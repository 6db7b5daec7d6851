import assert from 'node:assert/strict';
import { Check } from 'typebox/value';
import { CLOSURE_ALERTS } from '../../../server/src/classify/guest-story.ts';
import { Flow, type Step } from '../../../server/src/flow/flow.ts';
import type { AttemptRecord } from '../../../server/src/wire/record.ts';
import { get } from '../api.ts';
import type { Installation } from '../installation.ts';

/** What only a finished handshake has. */
const FINISHED_DEPTH = 7;
const HELLO_DEPTH = 2;
/** The course of these is held back. */
const EMBARGOED: readonly string[] = ['guest_crash', 'released'];

/**
 * The flow of an attempt is there, has its published form, and agrees with the record: whose turn it was, how far it went, every byte of it,
 * and the mark where the record's alert says that it ended.
 */
export async function assertFlow(it: Installation, record: AttemptRecord): Promise<void> {
  const flow = await get<unknown>(it, `/api/v1/attempts/${record.id}/flow`);
  assert.ok(Check(Flow, flow), JSON.stringify(flow));
  const isEmbargoed = EMBARGOED.includes(record.result.outcome);
  assert.deepEqual([flow.basis, flow.withheld], isEmbargoed ? ['record', 'embargo'] : ['transcript', null]);
  assert.deepEqual([flow.channel, flow.guestRole], [record.channel, record.guestRole]);
  assertMark(record, flow);
  if (!isEmbargoed) assertMessages(record, flow);
}

function assertMark({ result, transport }: AttemptRecord, { stop, steps }: Flow): void {
  if (result.outcome.startsWith('released')) {
    assert.equal(stop, null);
    return;
  }
  assert.ok(stop, 'it ended before its time');
  const refusal = result.alertsSent.find(code => !CLOSURE_ALERTS.has(code)) ?? null;
  const complaint = result.alertsReceived.find(code => !CLOSURE_ALERTS.has(code)) ?? null;
  const marked = steps[stop.step];
  assert.ok(marked);
  if (stop.by === 'target') assert.equal(stop.alert, refusal);
  if (result.outcome === 'refused_by_peer') assert.deepEqual([stop.by, stop.alert], ['peer', complaint]);
  // A step that holds the alert is the mark's place, whoever sent it; without one it is the end.
  if (stop.alert === null) assert.ok(marked.kind === 'close' || transport.close === null);
  else assert.ok(holds(marked, 'Alert', stop.alert) && marked.from === stop.by, JSON.stringify(marked));
}

function assertMessages({ result, guestRole, transport }: AttemptRecord, { steps }: Flow): void {
  for (const [from, bytes] of [
    ['peer', transport.bytesIn],
    ['target', transport.bytesOut],
  ] as const) {
    const sum = steps.filter(step => step.from === from).reduce((total, step) => total + (step.bytes ?? 0), 0);
    assert.equal(sum, bytes, `every byte of the ${from}`);
  }
  const has = (from: Step['from'], name: string) => steps.some(step => step.from === from && holds(step, name));
  const theirHello = guestRole === 'server' ? 'ClientHello' : 'ServerHello';
  if (result.depth >= HELLO_DEPTH) assert.ok(has('peer', theirHello));
  assert.equal(has('peer', 'Finished') && result.outcome !== 'finished_failed', result.depth >= FINISHED_DEPTH);
  assert.equal(has('target', 'Secret'), result.outcome.startsWith('released'));
}

function holds({ holds: held }: Step, name: string, number: number | null = null): boolean {
  return held.some(one => one.name === name && (number === null || one.number === number));
}
