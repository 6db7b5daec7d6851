import { PinataError } from '../../errors.ts';
import type { App } from '../context.ts';
import { pathOf, sendProblem } from '../problem.ts';

/** Answers 405 with `Allow` (RFC 9110 §15.5.6) where a path exists and the method does not; to be registered before all routes. */
export function registerMethods(app: App): void {
  const routes = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  // Before the body is looked at: whatever it is, the method is wrong.
  app.addHook('onRequest', (request, reply, done) => {
    const path = request.is404 ? pathOf(request) : '';
    const allowed = request.is404 ? methodsAt(path) : [];
    if (allowed.length === 0 || allowed.includes(request.method)) {
      done();
      return;
    }
    reply.header('allow', allowed.join(', '));
    sendProblem(request, reply, new PinataError('METHOD_NOT_ALLOWED', { method: request.method, path }));
  });

  function methodsAt(path: string): string[] {
    const found = [...routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  }
}

/** Our routes have whole segments as parameters, and no wildcards. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map(segment => (segment.startsWith(':') ? '[^/]+' : escaped(segment)));
  return new RegExp(`^${segments.join('/')}$`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
