/** BIP-386 "Test Vectors": one key as WIF and as x-only internal key, with the output key of its script. */
export const BIP386_WIF = 'L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1';
export const BIP386_INTERNAL = 'a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd';
export const BIP386_OUTPUT = '77aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11';

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
export const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
export const ascii = (text: string) => Uint8Array.from(Buffer.from(text));
