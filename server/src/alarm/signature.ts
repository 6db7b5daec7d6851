import { createHmac } from 'node:crypto';

/** The headers of one delivery, by their names in Standard Webhooks 1.0 ("Webhook headers"). */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  /** Seconds since the Unix epoch, of this try. */
  readonly 'webhook-timestamp': string;
  /** One `v1,` signature for each secret, with spaces between. */
  readonly 'webhook-signature': string;
}

/**
 * Signs a delivery: HMAC-SHA-256 over `id.timestamp.body`, base64 (Standard Webhooks 1.0, "Signature scheme"). More than one secret
 * is there while one replaces another. Pure.
 */
export function signedHeaders(
  delivery: { readonly id: string; readonly body: string },
  timestampS: number,
  secrets: readonly Uint8Array[],
): WebhookHeaders {
  const { id, body } = delivery;
  const content = `${id}.${timestampS}.${body}`;
  const signatures = secrets.map(secret => `v1,${createHmac('sha256', secret).update(content).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': String(timestampS), 'webhook-signature': signatures.join(' ') };
}
