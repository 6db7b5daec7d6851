import { randomBytes } from 'node:crypto';
import { applicationEpoch, type Epoch, handshakeEpoch, Protection, verifyData } from './key-schedule.ts';
import { Line } from './line.ts';
import {
  ContentType,
  certificate,
  certificateVerify,
  clientHello,
  finished,
  HandshakeType,
  type Otherwise,
  records,
  x25519ShareOf,
} from './messages.ts';
import { type Credentials, Script } from './script.ts';

/** A TLS client by script, for the target's server role. */
export class ScriptedClient extends Script {
  /** The record of its hello, or its records where it is long. */
  readonly hello: Buffer;
  #epoch: Epoch | null = null;

  private constructor(line: Line, otherwise: Otherwise) {
    super(line);
    this.hello = records(ContentType.handshake, this.say(clientHello(randomBytes(32), this.share, otherwise)));
  }

  static async connect(port: number, from?: string, otherwise: Otherwise = {}): Promise<ScriptedClient> {
    return ScriptedClient.over(await Line.open(port, from), otherwise);
  }

  /** On a connection that is there already. */
  static over(line: Line, otherwise: Otherwise = {}): ScriptedClient {
    return new ScriptedClient(line, otherwise);
  }

  /** After the hello was sent: takes the server's flight, so that ours can follow. */
  async takeFlight(): Promise<void> {
    const answer = await this.hear();
    const epoch = handshakeEpoch(this.sharedSecret(x25519ShareOf(answer)), this.transcript);
    this.incoming = new Protection(epoch.server);
    this.outgoing = new Protection(epoch.client);
    this.#epoch = epoch;
    while ((await this.hear())[0] !== HandshakeType.finished);
  }

  /** Sends the hello and takes the flight. */
  async negotiate(): Promise<void> {
    await this.line.send(this.hello);
    await this.takeFlight();
  }

  /** Certificate, CertificateVerify and Finished, one after the other. */
  flight({ chain, key }: Credentials): [Buffer, Buffer, Buffer] {
    const epoch = this.#epoch;
    if (!epoch) throw new Error('nothing is negotiated yet');
    const next = applicationEpoch(epoch, this.transcript);
    const messages: [Buffer, Buffer, Buffer] = [
      this.say(certificate(chain)),
      this.say(certificateVerify('client', key, this.transcript)),
      this.say(finished(verifyData(epoch.client, this.transcript))),
    ];
    this.incoming = new Protection(next.server);
    return messages;
  }

  /** What the server says once the handshake is complete, to its close_notify. Throws if an alert comes instead. */
  async document(): Promise<string> {
    let text = '';
    for (;;) {
      const { type, content } = await this.nextRecord();
      if (type === ContentType.applicationData) text += content.toString();
      else if (type === ContentType.alert && content[1] === 0) return text;
      else throw new Error(`a record of type ${type}: ${content.toString('hex')}`);
    }
  }
}
