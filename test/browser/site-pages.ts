import { encodeTranscript, packTranscript } from '../../server/src/evidence/transcript.ts';
import { type FlowStory, toldAndKept } from '../../server/src/flow/testing/story.ts';
import { alert, clientHello, record } from '../../server/src/tls/testing/bytes.ts';
import { type LiveSite, MINUTE_US } from './live-site.ts';

/** A page of the dashboard, and what must be there before it can be judged. */
export interface SitePage {
  readonly name: string;
  readonly path: string;
  readonly heading: RegExp;
  /** A selector of what stands there once everything has come in. */
  readonly sign?: string;
}

const CLASS = 'E01_no_certificate';
const REFUSED_FOR_ITS_VERSION: FlowStory = {
  outcome: 'version_refused',
  depth: 2,
  wire: [
    ['in', record(22, clientHello())],
    ['out', alert(2, 70)],
  ],
};

/** Publishes attempts in every role of the target, from several countries and days. Answers one attempt of each role. */
export async function fillSite(site: LiveSite): Promise<{ server: string; client: string; callback: string }> {
  const now = Date.now() * 1000;
  const some = (count: number, agoMinutes: number, what: object) =>
    Array.from({ length: count }, (_, i) => ({ ...what, startedUs: now - (agoMinutes + i) * MINUTE_US }));
  await site.publish([
    ...some(12, 1, { depth: 1, outcome: 'not_tls', country: 'CY' }),
    ...some(9, 20, { depth: 3, outcome: 'certificate_missing', classes: [CLASS], country: 'DE', target: 'prize' }),
    ...some(7, 300, { depth: 4, outcome: 'certificate_untrusted', country: 'US', target: 'prize' }),
    ...some(3, 2 * 1440, { depth: 5, outcome: 'certificate_unsuitable', country: 'TV' }),
    ...some(2, 20 * 1440, { depth: 8, outcome: 'released_practice', country: 'SG' }),
    ...some(2, 5, { depth: 8, outcome: 'released_self_test', selfTest: true }),
  ]);
  const [server, client, callback] = await site.publish([
    { depth: 2, outcome: 'version_refused', classes: [CLASS], target: 'prize' },
    { depth: 4, outcome: 'certificate_untrusted', channel: 'client', target: 'prize', country: 'DE' },
    { depth: 8, outcome: 'released_practice', channel: 'callback', country: 'CY' },
  ]);
  if (!server || !client || !callback) throw new Error('three attempts were to be published');
  const { lines } = toldAndKept(REFUSED_FOR_ITS_VERSION);
  await site.database.owner.pool.query('update attempt_evidence set transcript = $2 where id = $1', [
    server,
    packTranscript(encodeTranscript(lines)),
  ]);
  return { server, client, callback };
}

/** Every page there is. */
export function sitePages({ server, client, callback }: Awaited<ReturnType<typeof fillSite>>): SitePage[] {
  const drawn = 'figure svg a';
  return [
    { name: 'live', path: '/', heading: /Open it over TLS/, sign: '.map svg' },
    { name: 'attempts', path: '/attempts', heading: /^Attempts$/, sign: 'tbody tr' },
    { name: 'attempt-server', path: `/attempts/${server}`, heading: /older than TLS 1.3/, sign: drawn },
    { name: 'attempt-client', path: `/attempts/${client}`, heading: /./, sign: drawn },
    { name: 'attempt-callback', path: `/attempts/${callback}`, heading: /practice target/, sign: drawn },
    { name: 'classes', path: '/classes', heading: /What attempts look like/, sign: '#E' },
    { name: 'class', path: `/classes/${CLASS}`, heading: /No certificate/ },
    { name: 'targets', path: '/targets', heading: /Targets/, sign: '#practice' },
    { name: 'verify', path: '/verify', heading: /Check it yourself/ },
    { name: 'me', path: '/me', heading: /^You$/, sign: '.token' },
    { name: 'privacy', path: '/privacy', heading: /^Privacy$/ },
    { name: 'rules', path: '/rules', heading: /Rules/ },
    { name: 'status', path: '/status', heading: /./, sign: '#parts' },
    { name: 'wall', path: '/wall', heading: /The key is unclaimed/, sign: 'figure svg' },
    { name: 'docs', path: '/docs', heading: /./ },
    { name: 'missing', path: '/no-such-page', heading: /no such page/ },
  ];
}
