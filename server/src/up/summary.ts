import { resolve } from 'node:path';
import { HOME, SETTINGS, type Settings } from '../config.ts';

/** Commands look there by themselves. */
const DEFAULT_DATA = resolve(HOME, SETTINGS.PINATA_DATA.fallback);

/** An address that a client on this machine can connect to. */
export function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

/** A host as it stands in a URL or before a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Where people on this machine find the dashboard. */
export function dashboardUrl(settings: Settings): string {
  return `http://${bracketed(reachable(settings.PINATA_HOST))}:${settings.PINATA_HTTP_PORT}`;
}

/** What is said once all is ready: every address, and what to try first. */
export function summary(settings: Settings, seconds: number): string {
  const url = dashboardUrl(settings);
  const host = bracketed(reachable(settings.PINATA_ATTACK_HOST));
  const target = (name: string, first: number) =>
    `  ${name.padEnd(10)} ${host}:${first} TLS server   ${first + 1} connect-back (dials your port ${settings.PINATA_CALLBACK_PORT})   ${first + 2} TLS client`;
  const where = settings.PINATA_DATA === DEFAULT_DATA ? '' : ` --data ${settings.PINATA_DATA}`;
  return [
    '',
    `The Piñata runs (${seconds.toFixed(1)} s).`,
    '',
    `  dashboard  ${url}/`,
    `  API        ${url}/openapi.json   ${url}/.well-known/pinata.json`,
    target('prize', settings.PINATA_PRIZE_PORT),
    target('practice', settings.PINATA_PRACTICE_PORT),
    `  data       ${settings.PINATA_DATA}`,
    '',
    'Try it on the practice target, whose credentials are public:',
    `  ./pinata credentials practice --out practice${where}`,
    `  openssl s_client -connect ${host}:${settings.PINATA_PRACTICE_PORT} -tls1_3 -CAfile practice/ca.pem -cert practice/client.pem -key practice/client.key`,
    `or in one step: ./pinata attempt --with-credentials${where}`,
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}
