import { gunzipSync } from 'node:zlib';
import type { Pool } from 'pg';

/** Something to be looked for: as text, as bytes, and as what bytes are written as. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** An IPv4 address in the two forms that it has: text, and four bytes. */
export function addressNeedles(ip: string): Needle[] {
  return [
    { name: `${ip} as text`, bytes: Buffer.from(ip) },
    { name: `${ip} as bytes`, bytes: Buffer.from(ip.split('.').map(Number)) },
  ];
}

/** A word. */
export function textNeedle(text: string): Needle {
  return { name: text, bytes: Buffer.from(text) };
}

/** Where needles are found: every column of every row of every table, compressed bytes also as what they hold. One line for each find. */
export async function searchTables(pool: Pick<Pool, 'query'>, needles: readonly Needle[]): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  const found = new Set<string>();
  for (const { name } of tables) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from "${name}"`);
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        for (const needle of needles) if (holds(value, needle.bytes)) found.add(`${name}.${column}: ${needle.name}`);
      }
    }
  }
  return [...found].sort();
}

/** True if a value holds the bytes, or their hex or base64 form. */
function holds(value: unknown, bytes: Buffer): boolean {
  if (Buffer.isBuffer(value)) return haystacksOf(value).some(haystack => haystack.includes(bytes));
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return text.includes(bytes.toString('latin1')) || text.includes(bytes.toString('hex')) || hasAsBase64(text, bytes);
}

function haystacksOf(value: Buffer): Buffer[] {
  try {
    return [value, gunzipSync(value)];
  } catch {
    return [value];
  }
}

const BASE64_MIN_BYTES = 4;

/** The three ways that bytes can lie in base64, without the digits that depend on their neighbours. */
function hasAsBase64(text: string, bytes: Buffer): boolean {
  if (bytes.length < BASE64_MIN_BYTES) return false;
  return [0, 1, 2].some(before => {
    const coded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = coded.slice(
      before === 0 ? 0 : before + 1,
      coded.length - ((before + bytes.length) % 3 === 0 ? 0 : 1),
    );
    return text.includes(whole);
  });
}
