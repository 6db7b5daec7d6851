import { encodeTranscript, type TranscriptLine } from '../evidence/transcript.ts';
import type { TlsObservation } from '../tls/observation.ts';
import { TlsObserver } from '../tls/observer.ts';
import type { Closed, Dialled } from '../wire/facts.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { blankStep } from './blank-step.ts';
import { type CoarseClock, coarseClock } from './coarse-clock.ts';
import { type Flow, STEPS_MAX, type Step } from './flow.ts';
import { piecesOf } from './pieces.ts';
import { messageSteps } from './steps.ts';
import { stopOf } from './stop.ts';

/** Of the steps that are too many, so many of the end are shown; the rest are of the beginning. */
const STEPS_OF_END = 16;

/** What was said on a connection, from what was kept of it. Pure; the same transcript and record give the same flow. */
export function flowFromTranscript(record: AttemptRecord, lines: readonly TranscriptLine[]): Flow {
  const open = lines.find(line => line.kind === 'open');
  const openedAt = open?.t ?? lines[0]?.t ?? 0;
  const clock = coarseClock(openedAt, encodeTranscript(lines));
  const observation = observe(record, lines);
  const messages = messageSteps(piecesOf(lines, observation), lines, observation, {
    role: record.guestRole,
    clock,
    outcome: record.result.outcome,
  });
  const ends = lines.flatMap(line => endStep(line, clock));
  const timed = [{ step: connected(clock, openedAt), t: openedAt }, ...messages, ...ends];
  const all = timed.sort((a, b) => a.t - b.t).map(({ step }) => step);
  const steps = shortened(all);
  const { id, revision, channel, guestRole } = record;
  const unlisted = observation.recordsIn + observation.recordsOut - observation.records.length;
  return {
    ...{ id, revision, basis: 'transcript', withheld: null, channel, guestRole, steps, unlisted },
    stop: stopOf(record, steps),
  };
}

function observe({ guestRole }: AttemptRecord, lines: readonly TranscriptLine[]): TlsObservation {
  const observer = new TlsObserver(guestRole);
  for (const line of lines) {
    if (line.kind === 'data') observer.push(line.dir, Buffer.from(line.bytes, 'base64'), line.t);
    else if (line.kind === 'withheld') observer.skip(line.dir, line.length, line.t);
  }
  return observer.result();
}

function connected(clock: CoarseClock, t: number): Step {
  return { ...blankStep('connect', 'peer'), seconds: clock(t) };
}

function endStep(line: TranscriptLine, clock: CoarseClock): { step: Step; t: number }[] {
  if (line.kind === 'dial' && line.to === 'initiator') return [{ step: calledBack(line, clock), t: line.t }];
  // The other side's last bytes and our note of the end can be of one microsecond.
  return line.kind === 'close' ? [{ step: closed(line, clock), t: line.t + 0.5 }] : [];
}

function calledBack({ ok, t }: Dialled, clock: CoarseClock): Step {
  return { ...blankStep('call_back', 'gateway'), ok, seconds: clock(t) };
}

function closed({ by, how, t }: Closed, clock: CoarseClock): Step {
  return { ...blankStep('close', by === 'guest' ? 'target' : by), manner: how, seconds: clock(t) };
}

/** The beginning and the end of what is too long, and between them a step that says how much is left out. */
function shortened(all: readonly Step[]): Step[] {
  if (all.length <= STEPS_MAX) return [...all];
  const head = all.slice(0, STEPS_MAX - STEPS_OF_END - 1);
  const tail = all.slice(-STEPS_OF_END);
  const left = all.slice(head.length, -STEPS_OF_END);
  const sum = (of: (step: Step) => number) => left.reduce((total, step) => total + of(step), 0);
  const gap = {
    ...blankStep('gap', 'gateway'),
    bytes: sum(step => step.bytes ?? 0),
    records: sum(step => step.records),
  };
  return [...head, { ...gap, epoch: null }, ...tail];
}
