import type { Snapshot } from '../../server/src/api/snapshot.ts';
import { encodeTranscript, packTranscript } from '../../server/src/evidence/transcript.ts';
import { type FlowStory, toldAndKept } from '../../server/src/flow/testing/story.ts';
import { until } from '../../server/src/testing/until.ts';
import { alert, clientHello, record } from '../../server/src/tls/testing/bytes.ts';
import { type LiveSite, MINUTE_US } from './live-site.ts';

/** A page of the dashboard, and what must be there before it can be judged. */
export interface SitePage {
  readonly name: string;
  readonly path: string;
  readonly heading: RegExp;
  /** Selectors of what stands there once everything has come in. */
  readonly signs?: readonly string[];
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

/** Ids: one attempt of each role of the target, and one of a class that got far enough for a band of its own. */
export interface Known {
  readonly server: string;
  readonly client: string;
  readonly callback: string;
  readonly classed: string;
}

/** Publishes attempts in every role of the target, from several countries and days. */
export async function fillSite(site: LiveSite): Promise<Known> {
  const now = Date.now() * 1000;
  const some = (count: number, agoMinutes: number, what: object) =>
    Array.from({ length: count }, (_, i) => ({ ...what, startedUs: now - (agoMinutes + i) * MINUTE_US }));
  const many = await site.publish([
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
  const classed = many[12];
  if (!server || !client || !callback || !classed) throw new Error('these attempts were to be published');
  const { lines } = toldAndKept(REFUSED_FOR_ITS_VERSION);
  await site.database.owner.pool.query('update attempt_evidence set transcript = $2 where id = $1', [
    server,
    packTranscript(encodeTranscript(lines)),
  ]);
  await until('the api shows them', async () => {
    const { summary } = (await (await fetch(`${site.url}/live/snapshot.json`)).json()) as Snapshot;
    return summary.attempts === 31;
  });
  return { server, client, callback, classed };
}

/** Every page there is. */
export function sitePages({ server, client, callback }: Known): SitePage[] {
  const drawn = 'figure svg a';
  return [
    { name: 'live', path: '/', heading: /Open it over TLS/, signs: ['.map svg', '.plot canvas'] },
    { name: 'attempts', path: '/attempts', heading: /^Attempts$/, signs: ['tbody tr'] },
    { name: 'attempt-server', path: `/attempts/${server}`, heading: /older than TLS 1.3/, signs: [drawn] },
    { name: 'attempt-client', path: `/attempts/${client}`, heading: /./, signs: [drawn] },
    { name: 'attempt-callback', path: `/attempts/${callback}`, heading: /practice target/, signs: [drawn] },
    { name: 'classes', path: '/classes', heading: /What attempts look like/, signs: ['#E'] },
    { name: 'class', path: `/classes/${CLASS}`, heading: /No certificate/ },
    { name: 'targets', path: '/targets', heading: /Targets/, signs: ['#practice'] },
    { name: 'verify', path: '/verify', heading: /Check it yourself/ },
    { name: 'me', path: '/me', heading: /^You$/, signs: ['.token'] },
    { name: 'data', path: '/data', heading: /^Take it home$/, signs: ['form'] },
    { name: 'privacy', path: '/privacy', heading: /^Privacy$/ },
    { name: 'rules', path: '/rules', heading: /Rules/ },
    { name: 'status', path: '/status', heading: /./, signs: ['#parts'] },
    { name: 'wall', path: '/wall', heading: /The key is unclaimed/, signs: ['figure svg'] },
    { name: 'docs', path: '/docs', heading: /./ },
    { name: 'missing', path: '/no-such-page', heading: /no such page/ },
  ];
}
