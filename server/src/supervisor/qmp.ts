import type { Duplex } from 'node:stream';

const LINE_MAX_CHARS = 1 << 20;

/** QEMU's machine protocol: one JSON object per line. Replies come in the order of the commands. */
export class Qmp {
  readonly #stream: Duplex;
  readonly #waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  readonly #onEvent: (name: string, data: unknown) => void;
  #greeted!: (version: string) => void;
  #failed!: (error: Error) => void;
  #text = '';

  /** QEMU's version, e.g. `7.2.22`, from its greeting. Rejects if the stream ends first. */
  readonly greeting: Promise<string>;

  constructor(stream: Duplex, onEvent: (name: string, data: unknown) => void) {
    this.#stream = stream;
    this.#onEvent = onEvent;
    this.greeting = new Promise((resolve, reject) => {
      this.#greeted = resolve;
      this.#failed = reject;
    });
    this.greeting.catch(() => {});
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#receive(text));
    stream.on('error', () => this.#end());
    stream.on('close', () => this.#end());
  }

  /** Sends a command and resolves with what it returned. */
  command(execute: string, args?: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#stream.write(`${JSON.stringify(args ? { execute, arguments: args } : { execute })}\n`);
    });
  }

  #receive(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    if (this.#text.length > LINE_MAX_CHARS) this.#stream.destroy();
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const message = parseObject(line);
    if (!message) return;
    if ('QMP' in message) this.#greeted(versionIn(message.QMP));
    else if (typeof message.event === 'string') this.#onEvent(message.event, message.data);
    else if ('return' in message) this.#waiting.shift()?.resolve(message.return);
    else if ('error' in message) this.#waiting.shift()?.reject(new Error(`QMP: ${JSON.stringify(message.error)}`));
  }

  #end(): void {
    const error = new Error('the monitor closed');
    this.#failed(error);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** From `{"version": {"qemu": {"major": 7, "minor": 2, "micro": 22}, …}, …}`. */
function versionIn(greeting: unknown): string {
  const version = isRecord(greeting) ? greeting.version : null;
  const qemu = isRecord(version) ? version.qemu : null;
  return isRecord(qemu) ? `${qemu.major}.${qemu.minor}.${qemu.micro}` : 'unknown';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
