import { randomBytes } from 'node:crypto';
import { handshakeEpoch, Protection, verifyData } from './key-schedule.ts';
import { Line } from './line.ts';
import {
  ContentType,
  certificate,
  certificateRequest,
  certificateVerify,
  encryptedExtensions,
  finished,
  type Otherwise,
  record,
  serverHello,
  sessionIdOf,
  x25519ShareOf,
} from './messages.ts';
import { type Credentials, Script } from './script.ts';

/** A TLS server by script, for the target's client role: the connection is ours, the first word is the target's. */
export class ScriptedServer extends Script {
  static async connect(port: number, from?: string): Promise<ScriptedServer> {
    return ScriptedServer.over(await Line.open(port, from));
  }

  /** On a connection that is there already. */
  static over(line: Line): ScriptedServer {
    return new ScriptedServer(line);
  }

  #secret: Buffer = Buffer.alloc(0);

  /** Takes the client's hello and answers it; gives the record of the answer. */
  async greet(otherwise?: Otherwise): Promise<Buffer> {
    const hello = await this.hear();
    const answer = this.say(serverHello(randomBytes(32), sessionIdOf(hello), this.share, otherwise));
    const epoch = handshakeEpoch(this.sharedSecret(x25519ShareOf(hello)), this.transcript);
    this.incoming = new Protection(epoch.client);
    this.outgoing = new Protection(epoch.server);
    this.#secret = epoch.server;
    return record(ContentType.handshake, answer);
  }

  /** EncryptedExtensions and CertificateRequest. */
  preamble(): Buffer {
    return Buffer.concat([this.say(encryptedExtensions()), this.say(certificateRequest())]);
  }

  /** Certificate, CertificateVerify and Finished, one after the other. */
  flight({ chain, key }: Credentials): [Buffer, Buffer, Buffer] {
    return [
      this.say(certificate(chain)),
      this.say(certificateVerify('server', key, this.transcript)),
      this.say(finished(verifyData(this.#secret, this.transcript))),
    ];
  }
}
