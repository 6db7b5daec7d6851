import { ApiError } from './api.ts';
import type { AttemptRecord } from './generated/api.ts';

const TOKEN_BYTES = 32;
const TAG_DIGITS = 40;
const TOKEN = /^[0-9a-f]{64}$/i;

/** A token, and the server name that marks attempts as its own. */
export interface Claim {
  readonly token: string;
  readonly tag: string;
  readonly serverName: string;
}

/** Makes a claim from 32 random bytes of this browser. */
export function newClaim(): Promise<Claim> {
  return claimOf(hexOf(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))));
}

/** True for what can be a token. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The claim of a token: its tag is the beginning of the SHA-256 of its 64 hex digits, as text. */
export async function claimOf(given: string): Promise<Claim> {
  const token = given.toLowerCase();
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  const tag = hexOf(new Uint8Array(digest)).slice(0, TAG_DIGITS);
  return { token, tag, serverName: `h-${tag}.pinata` };
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

/** What the API says to whoever shows a token. Each throws ApiError. */
export class Claimed {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  /** The newest attempts of the claim. */
  async list(): Promise<AttemptRecord[]> {
    const response = await this.#ask('/api/v1/claims/attempts');
    return ((await response.json()) as { rows: AttemptRecord[] }).rows;
  }

  async times(id: string): Promise<FineTimes> {
    return (await (await this.#ask(`/api/v1/attempts/${id}/private`)).json()) as FineTimes;
  }

  /** A file, and what became of the handshake secrets in it (null for a transcript). */
  async file(id: string, kind: 'pcap' | 'transcript'): Promise<{ blob: Blob; secrets: string | null }> {
    const response = await this.#ask(`/api/v1/attempts/${id}/${kind}`);
    return { blob: await response.blob(), secrets: response.headers.get('pinata-secrets') };
  }

  async credit(id: string, name: string): Promise<void> {
    const path = `/api/v1/attempts/${id}/credit`;
    if (name === '') await this.#ask(path, { method: 'DELETE' });
    else {
      const headers = { 'content-type': 'application/json' };
      await this.#ask(path, { method: 'PUT', headers, body: JSON.stringify({ name }) });
    }
  }

  async erase(id: string): Promise<void> {
    await this.#ask(`/api/v1/attempts/${id}/private`, { method: 'DELETE' });
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.#token}` };
    const response = await fetch(path, { ...init, headers }).catch(() => {
      throw new ApiError('UNREACHABLE', 'The service does not answer.');
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; remedy?: string };
    const words = [problem.detail, problem.remedy].filter(Boolean).join(' ');
    throw new ApiError(problem.code ?? String(response.status), words || response.statusText);
  }
}

/** Microseconds; offsets count from the start. */
export interface FineTimes {
  startedUs: number;
  durationUs: number;
  offsets: Record<string, number | null>;
}

/** "2026-11-24T14:03:22.123456Z" of microseconds since the epoch. */
export function fineTime(us: number): string {
  const second = new Date(Math.floor(us / 1e6) * 1000).toISOString().slice(0, 19);
  return `${second}.${String(us % 1e6).padStart(6, '0')}Z`;
}
