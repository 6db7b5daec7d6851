import Type from 'typebox';
import type { App } from './context.ts';

/** Every data route that declares no parameters refuses all of them: an unknown parameter is an error, never ignored. */
export function refuseUnknownParameters(app: App): void {
  app.addHook('onRoute', route => {
    route.schema = { querystring: Type.Object({}, { additionalProperties: false }), ...route.schema };
  });
}
