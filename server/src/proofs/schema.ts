import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;

/** 32 bytes, hex: a nonce, a hash, an x-only key. */
export const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** A guest's proof, as the supervisor hands it out and the API passes it on. */
export const ProofSchema = Type.Object(
  {
    root: Hex32,
    target: Type.String(),
    bootId: Type.String({ format: 'uuid' }),
    imageSha256: Hex32,
    caSha256: Hex32,
    message: Hex32,
    signature: Type.String({ pattern: '^[0-9a-f]{128}$', description: 'BIP-340, over message' }),
    key: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'x-only' }),
  },
  { ...closed, title: 'Proof' },
);

/** What whoever sent a nonce gets. */
export const IncludedProofSchema = Type.Object(
  {
    nonce: Hex32,
    proof: ProofSchema,
    inclusion: Type.Object(
      {
        index: Type.Integer({ minimum: 0, description: 'of the leaf SHA-256(0x00 ‖ nonce)' }),
        size: Type.Integer({ minimum: 1, description: 'leaves in the tree' }),
        path: Type.Array(Hex32, { description: 'siblings from the leaf to the root' }),
      },
      { ...closed, description: 'RFC 6962 §2.1.1' },
    ),
  },
  { ...closed, title: 'IncludedProof' },
);
export type IncludedProofAnswer = Static<typeof IncludedProofSchema>;
