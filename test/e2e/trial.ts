import assert from 'node:assert/strict';
import { bootOf } from './api.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';
import { type Observed, Observer } from './observer.ts';
import { winner } from './peers/attacks.ts';
import { issueLeaf } from './peers/issue.ts';
import type { Source } from './peers/line.ts';
import type { Credentials } from './peers/script.ts';

/** What the row of an attack must say. */
export interface Expected {
  outcome: string;
  depth: number;
  alert?: number;
  /** One of its classes. */
  class?: string;
  /** Part of what the guest's events say of the end: a limit, a verifier's reason, the TLS library's words. */
  says?: string;
  /** Who closed first, and how: `peer fin`. */
  close?: string;
}

/** Where an attack came from. */
export interface Came {
  readonly source: Source;
}

/** An installation that is attacked, and the judgement of what became of it. */
export class Trial {
  #it: Installation;
  #observer: Observer;
  readonly #options: Parameters<typeof startInstallation>[0];
  /** Credentials that practice honours. */
  readonly client: Credentials;
  /** The boot of each target at the beginning. */
  readonly boots: { readonly prize: string; readonly practice: string };

  private constructor(
    it: Installation,
    observer: Observer,
    { client, boots, options }: Pick<Trial, 'client' | 'boots'> & { options: Parameters<typeof startInstallation>[0] },
  ) {
    this.#it = it;
    this.#observer = observer;
    this.#options = options;
    this.client = client;
    this.boots = boots;
  }

  static async start(options: Parameters<typeof startInstallation>[0] = {}): Promise<Trial> {
    const it = await startInstallation(options);
    const boots = { prize: await bootOf(it, 'prize'), practice: await bootOf(it, 'practice') };
    const client = await issueLeaf(it.authority, 'client');
    return new Trial(it, await Observer.open(it), { client, boots, options });
  }

  /** Starts what was killed, on what it left. */
  async continue(): Promise<void> {
    await this.#observer.close().catch(() => undefined);
    this.#it = await startInstallation({ ...this.#options, continueFrom: this.#it });
    this.#observer = await Observer.open(this.#it);
  }

  get it(): Installation {
    return this.#it;
  }

  get observer(): Observer {
    return this.#observer;
  }

  async stop(): Promise<void> {
    await this.observer.close();
    await this.it.stop();
    await removeInstallation(this.it);
  }

  /** Practice, in its two TLS roles. */
  get serverPort(): number {
    return this.it.ports.practice;
  }

  get clientPort(): number {
    return this.it.ports.practice + 2;
  }

  /** Where practice is asked to call back. */
  get callbackPort(): number {
    return this.it.ports.practice + 1;
  }

  /** The process id of everything that was started. */
  get root(): number {
    return this.it.process.pid ?? 0;
  }

  async assertRow({ source }: Came, expected: Expected): Promise<void> {
    assert.deepEqual(summary(await this.observer.attempt(source), expected), expected);
  }

  /** How many of these attempts came to which outcome. */
  async tally(all: readonly Came[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { source } of all) {
      const { outcome } = (await this.observer.attempt(source)).record.result;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  }

  /** Both guests are the ones that they were, and a good client gets what it has earned. */
  async assertSurvived(): Promise<void> {
    for (const [target, boot] of Object.entries(this.boots)) {
      assert.equal(await bootOf(this.it, target), boot, `${target} has the boot that it had`);
    }
    await winner(this.serverPort, this.client);
  }
}

/** What there is to compare: all that was expected, in the words of it where the row agrees. */
function summary({ record, events }: Observed, { says, close, class: expected }: Expected): Expected {
  const { outcome, depth, alertsSent, classes } = record.result;
  const words = events.flatMap(event => {
    if (event.kind === 'limit') return [`limit ${event.which}`];
    if (event.kind === 'chain_rejected') return [event.reason];
    return event.kind === 'tls_error' ? [event.what] : [];
  });
  const [alert] = alertsSent;
  return {
    outcome,
    depth,
    ...(alert === undefined ? {} : { alert }),
    ...(expected === undefined ? {} : { class: classes.find(({ id }) => id === expected)?.id ?? 'none of that name' }),
    ...(close === undefined ? {} : { close: closeOf(record) }),
    ...(says === undefined ? {} : { says: words.some(word => word.includes(says)) ? says : words.join('; ') }),
  };
}

function closeOf({ transport: { close } }: Observed['record']): string {
  return close === null ? 'nobody saw' : `${close.by} ${close.kind}`;
}
