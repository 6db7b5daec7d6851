import { createHmac } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { GuestLimits } from '../wire/facts.ts';
import { newUuidV7 } from '../wire/ids.ts';
import type { TargetState } from '../wire/targets.ts';

/** What a test's guest does with a connection whose preface was right. */
export type GuestHandler = (socket: Socket, about: { id: string; role: 'server' | 'client' }) => void;

const PREFACE_KEY = Buffer.alloc(32, 7);
const GUEST_PORT = { server: 10000, client: 10002 };

/** Stands for the far end: plain TCP servers on the two ports of a guest, which check the preface as a guest does. */
export class TestGuest {
  readonly bootId = newUuidV7(Date.now());
  handler: GuestHandler;
  /** Ids of all connections whose preface was right, in order. */
  readonly ids: string[] = [];
  readonly #servers: Record<'server' | 'client', Server>;
  readonly #sockets = new Set<Socket>();

  constructor(handler: GuestHandler) {
    this.handler = handler;
    this.#servers = { server: this.#server('server'), client: this.#server('client') };
  }

  static async start(t: TestContext, handler: GuestHandler): Promise<TestGuest> {
    const guest = new TestGuest(handler);
    for (const server of Object.values(guest.#servers)) {
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    }
    t.after(() => guest.stop());
    return guest;
  }

  stop(): void {
    for (const server of Object.values(this.#servers)) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  state(target: string, otherLimits: Partial<GuestLimits> = {}): TargetState {
    const port = (role: 'server' | 'client') => {
      const address = this.#servers[role].address();
      return typeof address === 'object' && address ? address.port : 0;
    };
    const limits = {
      placesServer: 128,
      placesClient: 128,
      handshakeMs: 1,
      releaseMs: 1,
      bytesBeforeAuthentication: 1,
      chainMax: 1,
      signaturesMax: 1,
      ...otherLimits,
    };
    const guest = {
      bootId: this.bootId,
      host: '127.0.0.1',
      serverPorts: [port('server')],
      clientPorts: [port('client')],
      prefaceKey: PREFACE_KEY.toString('base64'),
      limits,
    };
    return { target, state: 'ready', guest };
  }

  #server(role: 'server' | 'client'): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      const look = () => {
        const preface: Buffer | null = socket.read(54);
        if (!preface) return;
        socket.off('readable', look);
        this.#take(socket, role, preface);
      };
      socket.on('readable', look);
    });
  }

  #take(socket: Socket, role: 'server' | 'client', preface: Buffer): void {
    const id = preface.subarray(19, 35);
    const port = Buffer.from([GUEST_PORT[role] >> 8, GUEST_PORT[role] & 255]);
    const mac = createHmac('sha256', PREFACE_KEY).update(id).update(port).digest().subarray(0, 16);
    if (!preface.subarray(38).equals(mac)) {
      socket.resetAndDestroy();
      return;
    }
    const text = id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    this.ids.push(text);
    this.handler(socket, { id: text, role });
  }
}
