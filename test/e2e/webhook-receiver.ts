import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Told {
  readonly id: string;
  readonly kind: string;
  readonly attemptId: string | null;
}

interface Message {
  data: { kind: string; attemptId: string | null };
}

/** An organiser's own program: takes messages whose signature is right (Standard Webhooks 1.0), each id once. */
export class WebhookReceiver {
  readonly #server: Server;
  readonly #secretFile: () => string;
  readonly #told = new Map<string, Told>();
  /** Messages whose signature was wrong. */
  forged = 0;

  private constructor(secretFile: () => string) {
    this.#secretFile = secretFile;
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', more => (body += more));
      request.on('end', () => {
        const header = (name: string) => String(request.headers[name]);
        const id = header('webhook-id');
        const genuine = this.#sign(`${id}.${header('webhook-timestamp')}.${body}`);
        if (header('webhook-signature').split(' ').includes(genuine)) {
          const { kind, attemptId } = (JSON.parse(body) as Message).data;
          this.#told.set(id, { id, kind, attemptId });
        } else this.forged += 1;
        response.writeHead(204).end();
      });
    });
  }

  /** Starts it. `data` is asked for once the installation whose secret it shares is there. */
  static async start(data: () => string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(() => join(data(), 'ingest', 'webhook.secret'));
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alarms`;
  }

  get told(): readonly Told[] {
    return [...this.#told.values()];
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #sign(content: string): string {
    const [line = ''] = readFileSync(this.#secretFile(), 'utf8').split('\n');
    const secret = Buffer.from(line.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', secret).update(content).digest('base64')}`;
  }
}
