import type { App } from '../context.ts';
import { etagOf, isKnown } from '../etag.ts';

/** Gives every answer that has no tag of its own one that stands for its text, and leaves out what the client has already. */
export function registerEtags(app: App): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string' || reply.hasHeader('etag')) return payload;
    if (!isKnown(request, reply, etagOf(payload))) return payload;
    reply.code(304);
    // RFC 9110 §15.4.5: what describes the content is left out with it.
    reply.removeHeader('content-type');
    reply.removeHeader('content-length');
    return '';
  });
}
