import { LatestFollower } from '../latest/follower.ts';
import type { TargetState, TargetsSnapshot } from '../wire/targets.ts';

export type Guest = NonNullable<TargetState['guest']>;

/** What the supervisor last said about its guests. While it is away, what it said last holds: the guests may well be there. */
export class Targets {
  readonly #follower: LatestFollower;
  readonly #listeners = new Set<() => void>();
  #states = new Map<string, TargetState>();

  constructor(socketPath: string) {
    this.#follower = new LatestFollower(socketPath, line => this.#take(line));
  }

  /** The guest of a target, or null while none is ready. */
  guest(target: string): Guest | null {
    const state = this.#states.get(target);
    return state?.state === 'ready' ? state.guest : null;
  }

  /** Waits until `target` has a guest other than `not`, at most until `deadline` (Date.now()). */
  async waitForGuest(target: string, not: string | null, deadline: number): Promise<Guest | null> {
    const suitable = () => {
      const guest = this.guest(target);
      return guest && guest.bootId !== not ? guest : null;
    };
    while (!suitable() && Date.now() < deadline) await this.#change(deadline - Date.now());
    return suitable();
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  start(): void {
    this.#follower.start();
  }

  stop(): void {
    this.#follower.stop();
    this.#tell();
  }

  #take(line: string): void {
    const snapshot = readSnapshot(line);
    if (!snapshot) return;
    this.#states = new Map(snapshot.targets.map(state => [state.target, state]));
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #change(withinMs: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#listeners.add(done);
    });
  }
}

/** The socket is open to the supervisor's uid alone: that a line is an object with targets is check enough. */
function readSnapshot(line: string): TargetsSnapshot | null {
  try {
    const said: unknown = JSON.parse(line);
    const isSnapshot = typeof said === 'object' && said !== null && 'targets' in said && Array.isArray(said.targets);
    return isSnapshot ? (said as TargetsSnapshot) : null;
  } catch {
    return null;
  }
}
