import type { App } from '../context.ts';
import { DOCS_STYLE, docsPage } from '../docs-page.ts';

const CACHE = 'public, max-age=300';

/** `/openapi.json`, and the same for people. */
export function docsRoutes(app: App): void {
  const hidden = { schema: { hide: true } };
  let document: { json: string; page: string } | null = null;
  // The document is complete once all routes are known.
  app.addHook('onReady', async () => {
    const description = app.swagger();
    document = { json: JSON.stringify(description), page: docsPage(description) };
  });
  app.get('/openapi.json', hidden, (_request, reply) =>
    reply
      .header('cache-control', CACHE)
      .type('application/json; charset=utf-8')
      .send(document?.json ?? ''),
  );
  app.get('/docs', hidden, (_request, reply) =>
    reply
      .header('cache-control', CACHE)
      .type('text/html; charset=utf-8')
      .send(document?.page ?? ''),
  );
  app.get('/docs/style.css', hidden, (_request, reply) =>
    reply.header('cache-control', CACHE).type('text/css; charset=utf-8').send(DOCS_STYLE),
  );
}
