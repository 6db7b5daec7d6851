/** One server-sent event as a client sees it. */
export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

/** A plain SSE client that reads until it is told to stop. */
export interface EventStream {
  readonly response: Response;
  readonly events: ReceivedEvent[];
  close(): void;
  /** Settles when the stream is over, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Opens a stream. A response that is no stream gives no events. */
export async function openStream(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: ReceivedEvent[] = [];
  return { response, events, close: () => abort.abort(), ended: read(response, events).catch(() => {}) };
}

async function read(response: Response, events: ReceivedEvent[]): Promise<void> {
  if (!response.ok || !response.body) return;
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .map((line): [string, string] => [line.split(': ')[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
      );
      const event = fields.get('event');
      if (event === undefined) continue;
      events.push({ event, id: fields.get('id') ?? null, data: JSON.parse(fields.get('data') ?? 'null') });
    }
  }
}
