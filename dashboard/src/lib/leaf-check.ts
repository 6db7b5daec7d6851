import { canonicalJson, type JsonValue } from '../../../server/src/trust/canonical-json.ts';

/** What became of looking at an attempt's leaf. */
export interface LeafCheck {
  /** What was hashed: the leaf's RFC 8785 form. */
  readonly canonical: string;
  readonly computed: string;
  readonly published: string;
  /** Places where the leaf says something else than the public record. */
  readonly differs: readonly string[];
}

/** Hashes a leaf again, and compares it with the record that it is of. Throws TypeError where it has no canonical form. */
export async function checkLeaf(
  { leaf, leafHash }: { leaf: JsonValue; leafHash: string },
  record: JsonValue,
): Promise<LeafCheck> {
  const canonical = canonicalJson(leaf);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical));
  const computed = [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('');
  return { canonical, computed, published: leafHash, differs: differences(leaf, record) };
}

/** Every place of the leaf must say what the record says there. The record holds more: what may be taken away later is in no leaf. */
function differences(leaf: JsonValue, record: JsonValue | undefined, at = ''): string[] {
  if (isObject(leaf)) {
    if (!isObject(record)) return [at];
    return Object.entries(leaf).flatMap(([name, inner]) => differences(inner, record[name], `${at}/${name}`));
  }
  if (isList(leaf)) {
    if (record === undefined || !isList(record) || record.length !== leaf.length) return [at];
    return leaf.flatMap((inner, index) => differences(inner, record[index], `${at}/${index}`));
  }
  return leaf === record ? [] : [at];
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
