import staticFiles from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext, App } from '../context.ts';
import type { Page } from '../dashboard.ts';
import { isKnown } from '../etag.ts';
import { SNAPSHOT_CACHE } from './live.ts';

/** The app's own pages: it finds out from the address which one it is. */
export const APP_PAGES = [
  '/attempts',
  '/attempts/:id',
  '/classes',
  '/classes/:id',
  '/targets',
  '/verify',
  '/rules',
  '/status',
  '/me',
  '/data',
  '/privacy',
  '/wall',
];
/** The build names these files by their content. */
const NAMED_BY_CONTENT = /[/\\]assets[/\\]/;

/** The dashboard: first page, the other pages, static files. */
export async function pageRoutes(app: App, { dashboard, feed }: ApiContext): Promise<void> {
  if (dashboard.files) {
    await app.register(staticFiles, {
      root: dashboard.files,
      index: false,
      wildcard: false,
      cacheControl: false,
      // The template is not a page: what is served under its name goes through the renderer.
      globIgnore: ['**/index.html'],
      setHeaders: (reply, path) => {
        const lifetime = NAMED_BY_CONTENT.test(path) ? 'public, max-age=31536000, immutable' : 'public, max-age=300';
        reply.header('cache-control', lifetime);
      },
    });
  }
  const hidden = { schema: { hide: true } };
  app.get('/', hidden, (request, reply) => send(request, reply, dashboard.firstPage(feed.snapshot())));
  for (const path of APP_PAGES) {
    app.get(path, hidden, (request, reply) => send(request, reply, dashboard.page(feed.snapshot())));
  }
}

function send(request: FastifyRequest, reply: FastifyReply, { html, tag }: Page): FastifyReply {
  reply.header('cache-control', SNAPSHOT_CACHE);
  if (isKnown(request, reply, tag)) return reply.code(304).send();
  return reply.type('text/html; charset=utf-8').send(html);
}
