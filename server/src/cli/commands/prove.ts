import { randomBytes } from 'node:crypto';
import type { Static } from 'typebox';
import { PinataError } from '../../errors.ts';
import { type Proof, verifyProof } from '../../keys/proof.ts';
import { ProofAnswer, type Target, Targets } from '../answers.ts';
import { getJson } from '../api.ts';
import type { Command } from '../command.ts';
import { askControl } from '../control.ts';

const ROOT_BYTES = 32;
const VAULT = 'vault';

export const prove: Command = {
  usage: 'prove prize',
  summary: 'challenge a guest to sign with its key, and check the answer',
  flags: {},
  words: { min: 1, max: 1 },
  run: async ({ words: [name = ''], clientConfig, print }) => {
    const settled = clientConfig();
    const target = publishedTarget(await getJson(settled, '/api/v1/targets', Targets), name);
    const root = randomBytes(ROOT_BYTES).toString('hex');
    const socket = settled.layout.sockets.supervisorControl;
    const path = `/targets/${encodeURIComponent(name)}/prove`;
    const proof = await askControl(socket, { method: 'POST', path, body: { root } }, ProofAnswer);

    const key = target.keys.find(({ role }) => role === VAULT)?.xOnly ?? '';
    const why = verifyProof(proof, { key, root }) ?? differs(proof, target);
    if (why !== null) throw new PinataError('PROOF_INVALID', { why });
    print(`${name} holds its key: the BIP-340 signature over our fresh challenge verifies.`);
    print(`  challenge  ${root}`);
    print(`  key        ${proof.key} (x-only; the published ${VAULT} key)`);
    if (target.output) print(`  address    ${target.output.address} (${target.output.network})`);
    print(`  bound to   boot ${proof.bootId}`);
    print(`             image ${proof.imageSha256}`);
    print(`             CA    ${proof.caSha256}`);
    print(`  message    ${proof.message}`);
    print(`  signature  ${proof.signature}`);
    return 0;
  },
};

function publishedTarget({ rows }: Static<typeof Targets>, name: string): Target {
  const target = rows.find(row => row.target === name);
  if (!target) throw new PinataError('TARGET_UNKNOWN', { target: name });
  return target;
}

/** What the proof is bound to must be what is published. Null if so. */
function differs(proof: Proof, target: Target): string | null {
  if (proof.target !== target.target) return `it is by ${proof.target}`;
  if (proof.bootId !== target.bootId) return `it is of boot ${proof.bootId}, published is ${target.bootId}`;
  if (proof.imageSha256 !== target.imageSha256) return 'it is bound to another image than the published one';
  if (proof.caSha256 !== target.certificates.ca?.sha256)
    return 'it is bound to another authority than the published one';
  return null;
}
