/** An answer that is not 2xx, with the service's own code and words where it gave any. */
export class ApiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** GETs JSON of this origin. Throws ApiError. */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
}

/** POSTs JSON to this origin, and gives the JSON that comes back. Throws ApiError. */
export function postJson<T>(path: string, body: object): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new ApiError('UNREACHABLE', 'The service does not answer.');
  }
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; title?: string };
  throw new ApiError(problem.code ?? String(response.status), problem.detail ?? problem.title ?? response.statusText);
}
