import type { Config } from './config.ts';

/** Where the public finds this installation, without a slash at the end. */
export function publicUrl({ settings }: Pick<Config, 'settings'>): string {
  if (settings.PINATA_PUBLIC_URL !== '') return settings.PINATA_PUBLIC_URL.replace(/\/+$/, '');
  const host = settings.PINATA_HOST.includes(':') ? `[${settings.PINATA_HOST}]` : settings.PINATA_HOST;
  return `http://${host}:${settings.PINATA_HTTP_PORT}`;
}
