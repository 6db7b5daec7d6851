import { Agent, request } from 'node:http';

/** Asks one origin over connections that stay open, each address of loopback for a part: the api counts requests per address. */
export class FirstByte {
  readonly #port: number;
  readonly #agents = new Map<string, Agent>();

  constructor(port: number) {
    this.#port = port;
  }

  /** Milliseconds from the question to the first byte of the answer. Throws on anything but 200. */
  ask(path: string, localAddress: string): Promise<number> {
    const agent = this.#agents.get(localAddress) ?? new Agent({ keepAlive: true, maxSockets: 1 });
    this.#agents.set(localAddress, agent);
    return new Promise((resolve, reject) => {
      const before = performance.now();
      const options = { host: '127.0.0.1', port: this.#port, path, localAddress, agent };
      const asked = request(options, response => {
        const milliseconds = performance.now() - before;
        response.resume();
        response.once('end', () => {
          if (response.statusCode === 200) resolve(milliseconds);
          else reject(new Error(`${path} was answered with ${response.statusCode}`));
        });
      });
      asked.once('error', reject);
      asked.end();
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}
