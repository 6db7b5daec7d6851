import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../trust/canonical-json.ts';

/** Who asked, as the asking side says: Node cannot ask the kernel for a peer's credentials. The socket's folder says who could. */
export interface Caller {
  readonly uid: number;
  readonly user: string;
  /** Who called sudo, where somebody did. */
  readonly onBehalfOf: string | null;
}

/** `asked` stands before the act and `done` or `failed` after it; `refused` stands alone: nothing was done. */
export type AuditKind = 'asked' | 'refused' | 'done' | 'failed';

/** What one entry says, without its place in the chain. */
export interface AuditStatement {
  readonly at: string;
  readonly kind: AuditKind;
  /** Joins the entries of one call. */
  readonly call: string;
  /** Null where it was not said. */
  readonly who: Caller | null;
  readonly verb: string;
  /** What was asked for, and what came of it. No addresses and no secrets. */
  readonly said: { readonly [name: string]: JsonValue };
}

/** How many entries there are, and the hash of the last one. */
export interface AuditHead {
  readonly entries: number;
  readonly sha256: string;
}

/** Where the chain begins. */
export const EMPTY_HEAD: AuditHead = { entries: 0, sha256: '0'.repeat(64) };

/**
 * The line (RFC 8785) of a statement that follows `head`. `previous` is the hash of the entry before, `sha256` that of this entry without
 * itself. Pure.
 */
export function chainEntry(head: AuditHead, statement: AuditStatement): { line: string; head: AuditHead } {
  const { at, kind, call, who, verb, said } = statement;
  const entries = head.entries + 1;
  const body = { n: entries, previous: head.sha256, at, kind, call, who: who && { ...who }, verb, said };
  const sha256 = hashOf(body);
  return { line: canonicalJson({ ...body, sha256 }), head: { entries, sha256 } };
}

/** A chain that holds, or the first entry that does not: its place from 1, and why. */
export type AuditFinding = { readonly head: AuditHead } | { readonly entry: number; readonly why: string };

/** Recomputes a chain. With `published`, the end too must be the one that was published. Pure. */
export function checkChain(lines: readonly string[], published: AuditHead | null = null): AuditFinding {
  let head = EMPTY_HEAD;
  for (const [index, line] of lines.entries()) {
    const why = wrongWith(line, head);
    if (typeof why === 'string') return { entry: index + 1, why };
    head = why;
  }
  if (published && published.entries > head.entries)
    return { entry: head.entries + 1, why: `it is missing: ${published.entries} were published` };
  const atPublished = published && published.entries > 0 ? readEntry(lines[published.entries - 1] ?? '') : null;
  if (published && atPublished && atPublished.sha256 !== published.sha256)
    return { entry: published.entries, why: 'it is not the entry that was published' };
  return { head };
}

/** The head that a file's last line makes, whether or not it is right: what comes next follows on it. */
export function headOf(lines: readonly string[]): AuditHead {
  const last = lines.at(-1);
  if (last === undefined) return EMPTY_HEAD;
  const sha256 = readEntry(last)?.sha256;
  return { entries: lines.length, sha256: typeof sha256 === 'string' ? sha256 : textHash(last) };
}

function wrongWith(line: string, before: AuditHead): string | AuditHead {
  const entry = readEntry(line);
  if (!entry) return 'it is not an entry';
  const { sha256, ...body } = entry;
  if (typeof sha256 !== 'string' || hashOf(body) !== sha256) return 'it was changed';
  if (canonicalJson(entry) !== line) return 'it is not in canonical form';
  if (body.n !== before.entries + 1) return `it says that it is number ${String(body.n)}`;
  if (body.previous !== before.sha256) return 'it does not follow the entry before it';
  return { entries: before.entries + 1, sha256 };
}

function readEntry(line: string): { [name: string]: JsonValue } | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as { [name: string]: JsonValue })
      : null;
  } catch {
    return null;
  }
}

function hashOf(body: { readonly [name: string]: JsonValue }): string {
  return textHash(canonicalJson(body));
}

function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
