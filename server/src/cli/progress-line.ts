/** One line of a terminal that is written again and again; nothing where there is no terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

const REDRAW_MS = 250;

export function openProgressLine(
  out: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  now: () => number = performance.now.bind(performance),
): ProgressLine {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show: text => {
      if (!out.isTTY || now() - drawnAt < REDRAW_MS) return;
      drawnAt = now();
      out.write(`\r\x1b[K${text.slice(0, (out.columns || 80) - 1)}`);
    },
    clear: () => {
      if (out.isTTY) out.write('\r\x1b[K');
    },
  };
}
