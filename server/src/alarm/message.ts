import { instantOf, type Micros } from '../wire/ids.ts';

/** An alarm as the webhook tells it. Nothing in it is private, and nothing in it was chosen by an attacker. */
export interface WebhookMessage {
  readonly type: 'pinata.alarm' | 'pinata.test';
  readonly timestamp: string;
  readonly data: {
    readonly site: string;
    readonly kind: string;
    readonly target: string | null;
    readonly attemptId: string | null;
    /** Page to look at. */
    readonly link: string;
  };
}

/** What is known of an alarm when it is told. */
export interface ToldAlarm {
  readonly kind: string;
  readonly raisedUs: Micros;
  readonly target: string | null;
  readonly attemptId: string | null;
}

export interface Sender {
  readonly site: string;
  /** Address of the dashboard, without a slash at the end. */
  readonly url: string;
}

/** The body of an alarm's delivery. Pure. */
export function alarmMessage({ kind, raisedUs, target, attemptId }: ToldAlarm, sender: Sender): WebhookMessage {
  return {
    type: 'pinata.alarm',
    timestamp: instantOf(raisedUs),
    data: { site: sender.site, kind, target, attemptId, link: linkOf(attemptId, sender.url) },
  };
}

/** The body of a delivery that an organiser asked for. Pure. */
export function testMessage(nowUs: Micros, { site, url }: Sender): WebhookMessage {
  const data = { site, kind: 'test', target: null, attemptId: null, link: `${url}/status` };
  return { type: 'pinata.test', timestamp: instantOf(nowUs), data };
}

function linkOf(attemptId: string | null, url: string): string {
  return attemptId === null ? `${url}/status` : `${url}/attempts/${attemptId}`;
}
