import { createHash } from 'node:crypto';
import { project } from '../export/project.ts';
import type { AttemptRecord } from '../wire/record.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';

/**
 * The leaf of a publication: what of a record is public and will never change, so that its hash can stand in a log for ever. Left
 * out is what may be added or taken away later (asn, and every text that an attacker can choose: ALPN names, evidence of classes,
 * the guest's error), that it was erased, and the hash itself. Private fields and those texts are bound by the salted commitments inside.
 */
export type Leaf = Readonly<Record<string, JsonValue>>;

/** Builds the leaf of a record, sealed or not. Times in it are whole seconds. Pure. */
export function leafOf(record: Omit<AttemptRecord, 'leafHash'>): Leaf {
  const { source, hello, result, leafHash: _hash, erased: _erased, ...rest } = asObject(asJson(project(record)));
  const { asn: _asn, ...publicSource } = asObject(source);
  const { guestError: _error, classes, ...publicResult } = asObject(result);
  return {
    ...rest,
    source: publicSource,
    hello: hello === null ? null : withoutAlpn(asObject(hello)),
    result: { ...publicResult, classes: asList(classes).map(withoutEvidence) },
  };
}

/** SHA-256, hex, of the leaf's canonical form (RFC 8785). */
export function leafHash(leaf: Leaf): string {
  return createHash('sha256').update(canonicalJson(leaf)).digest('hex');
}

function withoutAlpn({ alpn: _, ...rest }: Leaf): Leaf {
  return rest;
}

function withoutEvidence(classified: JsonValue): JsonValue {
  const { evidence: _, ...rest } = asObject(classified);
  return rest;
}

/** Checks that a value is JSON, as deep as it goes. */
export function asJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asJson(inner)]));
  }
  throw new TypeError(`not JSON: ${typeof value}`);
}

function asObject(value: JsonValue | undefined): Leaf {
  if (typeof value === 'object' && value !== null && !isList(value)) return value;
  throw new TypeError('the record lacks an object');
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  if (value !== undefined && isList(value)) return value;
  throw new TypeError('the record lacks a list');
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
