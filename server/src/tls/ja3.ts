import { hash } from 'node:crypto';
import { withoutGrease } from './grease.ts';
import type { ClientHello, ServerHello } from './observation.ts';

/**
 * JA3 (Salesforce, BSD): MD5 of version, ciphers, extensions, groups and point formats of a ClientHello, as decimal numbers in
 * the order of the wire, without GREASE. MD5 is part of the format, it protects nothing here.
 */
export function ja3(hello: ClientHello): string {
  const lists = [hello.ciphers, hello.extensions, hello.groups, hello.pointFormats];
  return hash('md5', [hello.legacyVersion, ...lists.map(list => withoutGrease(list).join('-'))].join(','));
}

/** JA3S: MD5 of version, chosen cipher and extensions of a ServerHello. */
export function ja3s(hello: ServerHello): string {
  return hash('md5', `${hello.legacyVersion},${hello.cipher},${withoutGrease(hello.extensions).join('-')}`);
}
