/** Where `up` says what it does. Lines only, so that a log of it reads as well as a terminal. */
export interface Screen {
  line(text: string): void;
  /** Shows a step while it runs, with its latest message, and how long it took. */
  step<T>(name: string, work: (say: (message: string) => void) => Promise<T>): Promise<T>;
}

const NAME_WIDTH = 22;
/** A long step is shown to be alive this often when there is no terminal to redraw. */
const STILL_MS = 10_000;
const REDRAW_MS = 250;

/** A screen on a stream: redraws one line on a terminal, writes plain lines elsewhere. */
export function openScreen(out: NodeJS.WriteStream): Screen {
  const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
  const put = (text: string) => out.write(`${text}\n`);
  return {
    line: put,
    async step(name, work) {
      const since = performance.now();
      let message = '';
      const redraw = () => {
        const text = `  … ${name.padEnd(NAME_WIDTH)} ${seconds(since)}  ${message}`;
        if (out.isTTY) out.write(`\r\x1b[K${text.slice(0, (out.columns || 80) - 1)}`);
        else put(text);
      };
      const timer = setInterval(redraw, out.isTTY ? REDRAW_MS : STILL_MS);
      try {
        const result = await work(text => {
          message = text;
        });
        finish(out, `  ✓ ${name.padEnd(NAME_WIDTH)} ${seconds(since)}${message ? `  ${message}` : ''}`);
        return result;
      } catch (error) {
        finish(out, `  ✗ ${name.padEnd(NAME_WIDTH)} ${seconds(since)}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

function finish(out: NodeJS.WriteStream, text: string): void {
  out.write(out.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
}
