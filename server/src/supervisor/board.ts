import { LatestBoard } from '../latest/board.ts';
import type { TargetState, TargetsSnapshot } from '../wire/targets.ts';

/** The picture of all targets, shown to whoever is connected to the targets socket. */
export class Board {
  readonly #states = new Map<string, TargetState>();
  readonly #board = new LatestBoard<TargetsSnapshot>();

  constructor(targets: readonly string[]) {
    for (const target of targets) this.#states.set(target, { target, state: 'booting', guest: null });
    this.#show();
  }

  serve(socketPath: string): Promise<void> {
    return this.#board.serve(socketPath);
  }

  show(state: TargetState): void {
    this.#states.set(state.target, state);
    this.#show();
  }

  close(): Promise<void> {
    return this.#board.close();
  }

  #show(): void {
    this.#board.show({ targets: [...this.#states.values()] });
  }
}
