import helmet from '@fastify/helmet';
import type { App } from '../context.ts';

/** The one Trusted Types policy on our pages is Svelte's own. */
const TRUSTED_TYPES_POLICY = 'svelte-trusted-html';

/** What no page here ever asks a browser for. */
const FEATURES_REFUSED = [
  'camera',
  'microphone',
  'geolocation',
  'display-capture',
  'payment',
  'usb',
  'serial',
  'hid',
  'midi',
  'browsing-topics',
];
const PERMISSIONS_POLICY = FEATURES_REFUSED.map(feature => `${feature}=()`).join(', ');

/** Security headers on every answer. No third party, no inline script or style, no framing. */
export async function registerSecurityHeaders(app: App, options: { https: boolean }): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: [TRUSTED_TYPES_POLICY],
      },
    },
    // Only where the public address is https: on a plain local port it would lock people out of the host.
    strictTransportSecurity: options.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('permissions-policy', PERMISSIONS_POLICY);
  });
}

/** Public data may be read by any page: there are no cookies and nothing depends on who asks. */
export function openToOtherOrigins(app: App): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*');
    reply.header(
      'access-control-expose-headers',
      'etag, link, pinata-snapshot, ratelimit, ratelimit-policy, retry-after',
    );
    reply.header('cross-origin-resource-policy', 'cross-origin');
  });
}
