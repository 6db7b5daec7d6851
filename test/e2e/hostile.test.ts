import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CORPUS } from '../hostile/corpus.ts';
import { type Delivered, deliver } from '../hostile/deliver.ts';
import { json, log, markup, terminal } from '../hostile/inert.ts';
import { operatorLogs, SINKS } from '../hostile/sinks.ts';
import { get } from './api.ts';
import { type Installation, removeInstallation, startInstallation } from './installation.ts';
import { Line } from './peers/line.ts';

/** What of a string is sent in an address: more than is ever repeated. */
const ECHOED_BYTES = 500;
const ROUTES = [
  '/*',
  '/attempts/*',
  '/api/v1/attempts/*',
  '/api/v1/attempts?*=1',
  '/api/v1/attempts?ja4=*',
  '/api/v1/attempts?limit=*',
  '/api/v1/classes/*',
  '/api/v1/targets/*/credentials',
  '/api/v1/targets/*/proofs',
];

/** JSON is data, whatever it repeats, as long as it is sent as JSON; all else is looked at as a page. */
function checkOf(contentType: string | null): (text: string) => string[] {
  return contentType?.includes('json') ? json : text => [...markup(text), ...terminal(text)];
}

describe('strings that mean something to careless readers', () => {
  let it: Installation;
  let delivered: Delivered[];

  before(async () => {
    it = await startInstallation();
    delivered = await deliver(it, CORPUS);
  });
  after(async () => {
    await it?.stop();
    if (it) await removeInstallation(it);
  });

  test('each came in by every field, and became a row', () => {
    const fields = new Set(delivered.map(({ field }) => field.name));
    assert.equal(new Set(delivered.map(({ id }) => id)).size, CORPUS.length * fields.size);
  });

  for (const sink of SINKS) {
    test(`${sink.name}: nothing but text`, async () => {
      const pieces = await sink.read({ it, ids: delivered.map(({ id }) => id) });
      assert.ok(pieces.length > 0 && pieces.every(piece => piece.length > 0));
      assert.deepEqual(pieces.flatMap(sink.wrong), []);
    });
  }

  test('in a request to the API, they are refused in words that are as harmless', async () => {
    for (const { name, bytes } of CORPUS) {
      const escaped = [...bytes.subarray(0, ECHOED_BYTES)]
        .map(byte => `%${byte.toString(16).padStart(2, '0')}`)
        .join('');
      for (const path of ROUTES.map(route => route.replace('*', escaped))) {
        for (const accept of ['*/*', 'text/html']) {
          const response = await fetch(it.url + path, { headers: { accept } });
          assert.ok(response.status < 500, `${name}: ${response.status} ${path}`);
          assert.equal(response.headers.get('set-cookie'), null, name);
          const check = checkOf(response.headers.get('content-type'));
          assert.deepEqual(check(await response.text()), [], `${name}: ${path}`);
        }
      }
    }
  });

  test('raw in its request line and headers, they end in an answer or a closed connection', async () => {
    const end = Buffer.from('\r\n\r\n');
    const [opening, ...headers] = [
      'GET /',
      ...['User-Agent', 'X-Forwarded-For', 'If-None-Match', 'Last-Event-ID', 'Accept'].map(
        name => `GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${name}: `,
      ),
    ];
    for (const { name, bytes } of CORPUS) {
      const lines = [
        Buffer.concat([Buffer.from(opening), bytes, Buffer.from(' HTTP/1.1\r\nHost: x\r\nConnection: close'), end]),
        ...headers.map(header => Buffer.concat([Buffer.from(header), bytes, end])),
      ];
      for (const request of lines) {
        const line = await Line.open(it.ports.http);
        await line.send(request);
        line.end();
        const [head = '', ...body] = (await line.finish()).toString('utf8').split('\r\n\r\n');
        assert.doesNotMatch(head, /^HTTP\/1.1 5|^set-cookie:/im, name);
        const check = checkOf(/^content-type: (.*)$/im.exec(head)?.[1] ?? null);
        // Whoever sent two requests in one got two answers.
        if (body.length === 1) assert.deepEqual(check(body[0] ?? ''), [], name);
      }
    }
  });

  test('and they did no harm: the database has every row, both guests are the ones that they were', async () => {
    const { targets } = await get<{ targets: { state: string; restarts: number }[] }>(it, '/status.json');
    assert.deepEqual(
      targets.map(({ state, restarts }) => [state, restarts]),
      [
        ['ready', 0],
        ['ready', 0],
      ],
    );
    assert.deepEqual((await operatorLogs(it)).flatMap(log), []);
  });
});
