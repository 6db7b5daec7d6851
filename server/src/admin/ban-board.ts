import { LatestBoard } from '../latest/board.ts';
import type { Ban, BansSnapshot } from '../wire/bans.ts';

/**
 * The list of bans, shown to the gateways. Before the table was read there is nothing to show: an empty list would lift bans that
 * hold.
 */
export class BanBoard {
  readonly #board = new LatestBoard<BansSnapshot>();

  serve(socketPath: string): Promise<void> {
    return this.#board.serve(socketPath);
  }

  show(bans: readonly Ban[]): void {
    this.#board.show({ bans: bans.map(({ network, untilUs }) => ({ network, untilUs })) });
  }

  close(): Promise<void> {
    return this.#board.close();
  }
}
