import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import Type from 'typebox';
import { Check } from 'typebox/schema';
import { Problem } from './problem.ts';
import type { RunningApi } from './start.ts';
import { makeRecords, publish } from './testing/records.ts';
import { startTestApi } from './testing/test-api.ts';
import { startTestDatabase, type TestDatabase } from './testing/test-database.ts';

const PER_MINUTE = 100_000;
const PATHS = ['/status.json', '/schema/attempt-1.json', '/api/v1/boots', '/api/v1/attempts', '/live/snapshot.json'];

describe('the API as HTTP', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let api: RunningApi;

  before(async () => {
    database = await startTestDatabase();
    await publish(database, makeRecords([{}, {}, {}]));
    api = await startTestApi(database.apiUrl, { limits: { requestsPerMinute: PER_MINUTE } });
  });
  after(async () => {
    await api?.stop();
    await database?.stop();
  });

  const ask = (path: string, options: RequestInit = {}) => fetch(api.url + path, options);
  /** Status, code and media type of a refusal; its document is as RFC 9457 and our schema say. */
  const refusal = async (response: Response) => {
    const document: unknown = await response.json();
    assert.ok(Check(Problem, document), JSON.stringify(document));
    assert.equal(document.status, response.status);
    return [response.status, document.code, response.headers.get('content-type')];
  };
  const PROBLEM = 'application/problem+json; charset=utf-8';

  test('a method that a path does not have is 405 with those that it has, whatever the body is', async () => {
    const wrong: RequestInit[] = [
      { method: 'DELETE' },
      { method: 'QUERY' },
      { method: 'POST', body: '{"', headers: { 'content-type': 'application/json' } },
      { method: 'PUT', body: 'x'.repeat(100_000), headers: { 'content-type': 'application/octet-stream' } },
    ];
    for (const path of [...PATHS, '/', '/api/v1/boots/x']) {
      for (const options of wrong) {
        const response = await ask(path, options);
        assert.equal(response.headers.get('allow'), 'GET, HEAD', path);
        assert.deepEqual(await refusal(response), [405, 'METHOD_NOT_ALLOWED', PROBLEM]);
      }
    }
    const response = await ask('/api/v1/stream', { method: 'HEAD' });
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET']);
  });

  test('where nothing is, every method is 404', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      assert.deepEqual(await refusal(await ask('/api/v1/nothing', { method })), [404, 'NOT_FOUND', PROBLEM]);
    }
  });

  test('HEAD says what GET says, without the content', async () => {
    for (const path of PATHS) {
      const [get, head] = [await ask(path), await ask(path, { method: 'HEAD' })];
      assert.equal(head.status, 200, path);
      for (const name of ['content-type', 'cache-control', 'link']) {
        assert.equal(head.headers.get(name), get.headers.get(name), `${path}: ${name}`);
      }
      assert.equal(await head.text(), '');
      await get.text();
    }
  });

  test('what a client has already is 304 and nothing else', async () => {
    for (const path of ['/schema/attempt-1.json', '/schema/attempt-1.columns.json', '/api/v1/boots', '/healthz']) {
      const tag = (await ask(path)).headers.get('etag') ?? '';
      assert.match(tag, /^W\/"[\w-]{22}"$/, path);
      const again = await ask(path, { headers: { 'if-none-match': tag } });
      assert.deepEqual([again.status, again.headers.get('content-type'), await again.text()], [304, null, ''], path);
      assert.equal((await ask(path, { headers: { 'if-none-match': 'W/"other"' } })).status, 200, path);
    }
  });

  test('an address that is too long is refused with a problem', async () => {
    assert.deepEqual(await refusal(await ask(`/api/v1/attempts/${'a'.repeat(201)}`)), [414, 'URL_TOO_LONG', PROBLEM]);
    const [status, code] = await refusal(await ask(`/api/v1/attempts?ja4=${'a'.repeat(20_000)}`));
    assert.deepEqual([status, code], [431, 'REQUEST_HEADERS_TOO_LARGE']);
  });

  test('what is no HTTP is refused with a problem, and the connection closed', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    socket.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n');
    await once(socket, 'close');
    assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
    const document: unknown = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    assert.ok(Check(Type.Object({ code: Type.Literal('REQUEST_INVALID') }), document));
  });

  test('the budget is told with every answer, the stream’s too', async () => {
    for (const path of ['/api/v1/boots', '/api/v1/attempts?nonsense=1', '/api/v1/stream']) {
      const response = await ask(path);
      assert.equal(response.headers.get('ratelimit-policy'), `"address";q=${PER_MINUTE};w=60`, path);
      assert.match(response.headers.get('ratelimit') ?? '', /^"address";r=\d+;t=\d+$/, path);
      assert.equal(response.headers.get('ratelimit-limit'), null, path);
      await response.body?.cancel();
    }
  });
});
