import { type Duplex, duplexPair } from 'node:stream';
import { schnorr } from '@noble/curves/secp256k1.js';
import { decode, encode } from 'cbor2';
import { proofMessage } from '../keys/proof.ts';
import { FrameSplitter } from '../wire/channel-frames.ts';
import { uuidFromBytes } from '../wire/ids.ts';
import { sha256Hex } from './digest.ts';
import type { Hypervisor, MachineEnd, RunningMachine } from './hypervisor.ts';

type Body = Record<string, unknown>;

/** What a test may bend. Each is given the honest body and gives the one that is sent; null says nothing. */
export interface Script {
  hello?: (body: Body) => Body | null;
  ready?: (body: Body) => Body | null;
  proof?: (body: Body) => Body | null;
  /** A guest that does not heed `stop`. */
  deaf?: boolean;
}

/** A machine whose guest is this object: it keeps its side of the channel's protocol, except where the script bends it. */
export class ScriptedMachine implements RunningMachine {
  readonly facts = {
    accelerator: 'tcg',
    qemuVersion: '0.0.0',
    qemuSha256: '0'.repeat(64),
    argvSha256: '1'.repeat(64),
    memoryMiB: 16,
  } as const;
  readonly pid = 0;
  readonly startedMs = performance.now();
  readonly address = { host: '127.0.0.1', serverPorts: [1], clientPorts: [2] };
  readonly channel: Duplex;
  readonly ended: Promise<MachineEnd>;
  /** What the guest was given, as it arrived. */
  provision: Map<string, unknown> | null = null;
  readonly #guest: Duplex;
  readonly #script: Script;
  readonly #splitter = new FrameSplitter();
  #end!: (end: MachineEnd) => void;
  #seq = 0;

  constructor(script: Script = {}) {
    this.#script = script;
    [this.channel, this.#guest] = duplexPair();
    this.ended = new Promise(resolve => {
      this.#end = resolve;
    });
    this.#guest.on('data', (bytes: Uint8Array) => {
      for (const frame of this.#splitter.push(bytes)) this.#hear(frame);
    });
    this.#bend('hello', { version: 1, image: '0.1.0' });
  }

  stop(): Promise<MachineEnd> {
    this.crash('stopped');
    return this.ended;
  }

  crash(detail: string, lastWords = ''): void {
    this.#end({ detail, lastWords });
  }

  say(type: string, body: Body, seq = this.#seq): void {
    this.#seq = seq + 1;
    this.raw(encode([seq, type, new Map(Object.entries(body))]));
  }

  raw(cbor: Uint8Array): void {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(cbor.length);
    this.#guest.write(Buffer.concat([head, cbor]));
  }

  #bend(type: 'hello' | 'ready' | 'proof', honest: Body): void {
    const bend = this.#script[type] ?? (body => body);
    const body = bend(honest);
    if (body) this.say(type, body);
  }

  #hear(frame: Uint8Array): void {
    const [, type, body] = decode<[number, string, Map<string, unknown>]>(frame, { preferMap: true });
    if (type === 'provision') this.#onProvision(body);
    else if (type === 'prove') this.#onProve(bytesIn(body, 'root'));
    else if (type === 'stop' && !this.#script.deaf) this.crash('shutdown: guest-reset');
  }

  #onProvision(body: Map<string, unknown>): void {
    this.provision = body;
    const authority = body.get('authority');
    const given = authority instanceof Map ? authority : null;
    const der = (name: string) => (given ? bytesIn(given, name) : new TextEncoder().encode(name));
    const certificates = { ca: der('ca'), server: der('server'), client: der('client') };
    this.#bend('ready', {
      boot: body.get('boot'),
      authority: given ? 'given' : 'born',
      ...certificates,
      us: 30_000,
    });
  }

  #onProve(root: Uint8Array): void {
    const body = this.provision ?? new Map();
    const key = this.#keys().find(({ role }) => role === 'vault')?.key ?? new Uint8Array();
    const message = proofMessage({
      root: Buffer.from(root).toString('hex'),
      target: String(body.get('target')),
      bootId: uuidFromBytes(bytesIn(body, 'boot')),
      imageSha256: Buffer.from(bytesIn(body, 'image')).toString('hex'),
      caSha256: sha256Hex(new TextEncoder().encode('ca')),
    });
    this.#bend('proof', { root, message, signature: schnorr.sign(message, key), key: schnorr.getPublicKey(key) });
  }

  #keys(): { role: string; key: Uint8Array }[] {
    const keys = this.provision?.get('keys');
    if (!Array.isArray(keys)) throw new TypeError('no keys');
    return keys.map(key => ({ role: String(key.get('role')), key: bytesIn(key, 'key') }));
  }
}

/** Gives a scripted machine for each boot, by the number of the boot. */
export class ScriptedHypervisor implements Hypervisor {
  readonly machines: ScriptedMachine[] = [];
  readonly #script: (boot: number) => Script;

  constructor(script: (boot: number) => Script = () => ({})) {
    this.#script = script;
  }

  async start(): Promise<RunningMachine> {
    const machine = new ScriptedMachine(this.#script(this.machines.length));
    this.machines.push(machine);
    return machine;
  }

  get last(): ScriptedMachine {
    const machine = this.machines.at(-1);
    if (!machine) throw new Error('no machine was started');
    return machine;
  }
}

function bytesIn(map: Map<string, unknown>, name: string): Uint8Array {
  const value = map.get(name);
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`${name} is not bytes`);
}
