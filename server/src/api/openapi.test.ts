import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Check } from 'typebox/schema';
import { ERRORS } from '../errors.ts';
import type { RunningApi } from './start.ts';
import { bootTarget } from './testing/boots.ts';
import { makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Record<string, unknown> }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, { get?: Operation; post?: Operation; delete?: Operation }>;
}

const CLASS = 'C10_rc4';
/** Answered by ingest or the supervisor, which are not here. */
const OF_OTHERS = new Set(['/api/v1/me', '/api/v1/claims/attempts', '/api/v1/attempts/{id}/private']);

describe('the OpenAPI document', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;
  let document: Document;
  let bootId: string;

  before(async () => {
    database = await startTestDatabase();
    await bootTarget(database, 'prize');
    bootId = await bootTarget(database, 'practice');
    await publish(
      database,
      makeRecords(Array.from({ length: 30 }, (_, index) => ({ depth: index % 9, classes: [CLASS] }))),
    );
    api = await startTestApi(database.apiUrl);
    document = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  test('is valid OpenAPI 3.1', async () => {
    assert.equal(document.openapi, '3.1.0');
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as object as Record<string, unknown>,
    );
    assert.ok(valid, JSON.stringify(errors));
  });

  test('describes what is really answered, on every path', async () => {
    const { rows } = (await (await fetch(`${api.url}/api/v1/attempts`)).json()) as { rows: { id: string }[] };
    const values: Record<string, string> = { target: 'practice' };
    const ids = { '/boots/': bootId, '/classes/': CLASS, '/exports/': await orderExport() };
    for (const [path, { get }] of Object.entries(document.paths)) {
      const schema = get?.responses['200']?.content?.['application/json']?.schema;
      if (!schema || OF_OTHERS.has(path)) continue;
      const named = Object.entries(ids).find(([part]) => path.includes(part));
      const id = named?.[1] ?? rows[0]?.id ?? '';
      const address = path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'id' ? id : (values[name] ?? '')));
      const response = await fetch(api.url + address);
      assert.equal(response.status, 200, address);
      const answer: unknown = await response.json();
      assert.ok(Check(schema, answer), `${address}: ${JSON.stringify(answer)}`);
    }
  });

  async function orderExport(): Promise<string> {
    const answer = await fetch(`${api.url}/api/v1/exports`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ format: 'csv' }),
    });
    const { id } = (await answer.json()) as { id: string };
    return id;
  }

  test('names every path that serves data', () => {
    const expected = [
      '/.well-known/pinata.json',
      '/api/v1/announcements',
      '/api/v1/attempts',
      '/api/v1/attempts/{id}',
      '/api/v1/attempts/{id}/credit',
      '/api/v1/attempts/{id}/flow',
      '/api/v1/attempts/{id}/leaf',
      '/api/v1/attempts/{id}/pcap',
      '/api/v1/attempts/{id}/private',
      '/api/v1/attempts/{id}/text',
      '/api/v1/attempts/{id}/transcript',
      '/api/v1/boots',
      '/api/v1/boots/{id}',
      '/api/v1/claims/attempts',
      '/api/v1/classes',
      '/api/v1/classes/{id}',
      '/api/v1/events',
      '/api/v1/exports',
      '/api/v1/exports/{id}',
      '/api/v1/exports/{id}/file',
      '/api/v1/me',
      '/api/v1/stats/summary',
      '/api/v1/stats/timeseries',
      '/api/v1/stats/top',
      '/api/v1/stream',
      '/api/v1/targets',
      '/api/v1/targets/{target}/credentials',
      '/api/v1/targets/{target}/proofs',
      '/badge.svg',
      '/feed.atom',
      '/healthz',
      '/live/snapshot.json',
      '/readyz',
      '/schema/attempt-1.columns.json',
      '/schema/attempt-1.json',
      '/status.json',
    ];
    assert.deepEqual(Object.keys(document.paths).sort(), expected);
  });

  test('refuses what it does not name: every set of parameters is closed', async () => {
    for (const [path, { get }] of Object.entries(document.paths)) {
      if (path.includes('{') || !get || OF_OTHERS.has(path)) continue;
      assert.equal((await fetch(`${api.url}${path}?nonsense=1`)).status, 400, path);
    }
  });

  test('has a page for people with every path and every error', async () => {
    const response = await fetch(`${api.url}/docs`);
    const html = await response.text();
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) assert.ok(html.includes(`>${method.toUpperCase()} ${path}<`), path);
    }
    for (const code of Object.keys(ERRORS)) assert.ok(html.includes(`id="${code}"`), code);
    assert.ok(!/<script|style=|onclick/.test(html));
  });
});
