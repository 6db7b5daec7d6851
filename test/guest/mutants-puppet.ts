import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ForwardedPorts } from '../../server/src/supervisor/hypervisor.ts';
import type { GivenAuthority } from '../../server/src/wire/channel-host.ts';
import type { AttemptId } from '../../server/src/wire/ids.ts';
import { ROOT, TEST_PATH } from '../run-commands.ts';

/** How far a guest may come in an altered handshake, least first (`pinata-image/puppet/src/corpus.rs`). */
export const REACHES = ['nothing', 'certificate', 'chain', 'possession', 'either', 'release'] as const;
export type Reach = (typeof REACHES)[number];

/** One handshake that a puppet played. */
export interface Played {
  readonly id: AttemptId;
  /** The puppet's. */
  readonly role: 'Client' | 'Server';
  readonly reach: Reach;
  /** Application data that the guest gave. */
  readonly bytes: number;
  readonly name: string;
}

/** The puppet of `pinata-image/puppet`, with an authority that follows from a seed. */
export class Puppet {
  readonly #seed: Buffer;

  /** `seed`: 32 bytes. */
  constructor(seed: Buffer) {
    this.#seed = seed;
  }

  /** Builds it, if need be, and makes the authority that a guest is to be given. */
  async authority(folder: string): Promise<GivenAuthority> {
    await this.#run(['authority', folder]);
    const read = async (name: string) => Uint8Array.from(await readFile(join(folder, name)));
    const [ca, server, client, serverKey, clientKey] = await Promise.all(
      ['ca.der', 'server.der', 'client.der', 'server.key', 'client.key'].map(read),
    );
    if (!ca || !server || !client || !serverKey || !clientKey) throw new Error('no authority');
    return { ca, server, client, serverKey, clientKey };
  }

  /** Plays its whole corpus to a guest, in so many lanes. */
  async attack(address: { host: string } & ForwardedPorts, prefaceKey: Uint8Array, lanes: number): Promise<Played[]> {
    const places = (ports: number[]) => ports.map(port => `${address.host}:${port}`).join(' ');
    const order = [
      `preface ${Buffer.from(prefaceKey).toString('hex')}`,
      `server ${places(address.serverPorts)}`,
      `client ${places(address.clientPorts)}`,
      `lanes ${lanes}`,
    ];
    const lines = (await this.#run(['attack'], order)).split('\n').filter(line => line !== '');
    return lines.map(playedFrom);
  }

  async #run(argv: string[], order: string[] = []): Promise<string> {
    const cargo = ['run', '--quiet', '--locked', '--package', 'pinata-puppet', '--', ...argv];
    const child = spawn('cargo', cargo, {
      cwd: join(ROOT, 'pinata-image'),
      env: { ...process.env, PATH: TEST_PATH },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end([`seed ${this.#seed.toString('hex')}`, ...order].join('\n'));
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    if (code !== 0) throw new Error(`the puppet ended with ${code}`);
    return output;
  }
}

function playedFrom(line: string): Played {
  const [id, role, said, bytes, name] = line.split('\t');
  const reach = REACHES.find(one => one === said);
  if (!id || (role !== 'Client' && role !== 'Server') || !reach || !name) throw new Error(`the puppet said: ${line}`);
  return { id, role, reach, bytes: Number(bytes), name };
}
