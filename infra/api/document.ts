import { startTestApi } from '../../server/src/api/testing/test-api.ts';
import type { ApiDocument } from './dashboard-types.ts';

const NO_DATABASE = 'postgres://127.0.0.1:1/none';

/** The OpenAPI document of a real api, which needs no database for it. */
export async function readApiDocument(): Promise<ApiDocument> {
  const api = await startTestApi(NO_DATABASE);
  try {
    return (await (await fetch(`${api.url}/openapi.json`)).json()) as ApiDocument;
  } finally {
    await api.stop();
  }
}
