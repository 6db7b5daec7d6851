/**
 * Records what real tools do again and again to an `openssl s_server`, into
 * `server/src/classify/fixtures/recorded/campaigns.jsonl`:
 *
 *   node test/e2e/recording/record-campaigns.ts [part of a name]
 *
 * Only programs in PATH are run, on 127.0.0.0/8. On Debian: openssl nmap ncat curl zzuf openjdk-17-jdk-headless; from Maven, where
 * TLS_ATTACKER names the folder of the jars: de.rub.nds.tls.attacker:tls-core.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helloTraits } from '../../../server/src/classify/campaign/campaign-fact.ts';
import { conclude } from '../../../server/src/classify/conclude.ts';
import {
  type CampaignKind,
  type RecordedCampaign,
  recordedCampaigns,
  writeCampaign,
} from '../../../server/src/classify/fixtures/recorded-campaign.ts';
import { evidenceOf } from '../../../server/src/classify/testing/evidence.ts';
import { makeCertificates, startServer } from '../../../server/src/tls/testing/answering-server.ts';
import { hasProgram } from '../../../server/src/tls/testing/real-peers.ts';
import { openTap, type Tapped } from '../../../server/src/tls/testing/tap.ts';
import { versionOf } from '../../../server/src/tls/testing/version.ts';
import { CAMPAIGN_RUNS, type CampaignRun } from './campaign-runs.ts';

const DEADLINE_MS = 240_000;
const HASH_CHARS = 8;
const SERVER = ['-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0', '-legacy_renegotiation'];
const FILE = new URL('../../../server/src/classify/fixtures/recorded/campaigns.jsonl', import.meta.url);

async function main([wanted = '']: string[]): Promise<void> {
  const made: RecordedCampaign[] = [];
  for (const run of CAMPAIGN_RUNS.filter(({ name }) => name.includes(wanted))) {
    const here = await Promise.all(run.programs.map(hasProgram));
    if (here.includes(false)) {
      console.error(`not here: ${run.programs.join(', ')}`);
      continue;
    }
    const connections = await record(run);
    made.push({
      ...summaryOf(connections),
      name: run.name,
      version: run.version ?? (await versionOf(run.programs[0] ?? '')),
    });
    console.error(`${connections.length} of ${run.name}`);
  }
  const names = new Set(made.map(({ name }) => name));
  const kept = recordedCampaigns().filter(({ name }) => !names.has(name));
  writeFileSync(FILE, [...kept, ...made].map(one => `${writeCampaign(one)}\n`).join(''));
}

async function record({ line, connections }: CampaignRun): Promise<readonly Tapped[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pinata-record-'));
  try {
    await makeCertificates(folder);
    const server = await startServer(folder, SERVER);
    const tap = await openTap(server.port);
    const child = spawn('sh', ['-c', line.replaceAll('{port}', String(tap.port))], { stdio: 'ignore', cwd: folder });
    const late = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
    await once(child, 'exit');
    clearTimeout(late);
    tap.close();
    await server.stop();
    return tap.connections.slice(0, connections);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function summaryOf(connections: readonly Tapped[]): Pick<RecordedCampaign, 'kinds' | 'attempts'> {
  const kinds = new Map<string, number>();
  const sources = new Map<string, number>();
  const numberOf = (known: Map<string, number>, key: string) => {
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    return number;
  };
  const start = connections[0]?.source.sinceUs ?? 0;
  const attempts = connections.map(({ segments, source, from }): RecordedCampaign['attempts'][number] => {
    const { kind, sha256 } = judge(segments);
    const ms = Math.round((source.sinceUs - start) / 1000);
    return [ms, numberOf(kinds, JSON.stringify(kind)), numberOf(sources, from), sha256];
  });
  return { kinds: [...kinds.keys()].map((text): CampaignKind => JSON.parse(text)), attempts };
}

function judge(segments: Tapped['segments']): { kind: CampaignKind; sha256: string | null } {
  const evidence = evidenceOf({ wire: segments.map(({ dir, bytes, ms }) => [dir, bytes, ms] as const) });
  const { observation } = evidence;
  const { outcome, depth, classes } = conclude(evidence);
  const bytesIn = evidence.close?.bytesIn ?? 0;
  const { clientHello, hello, history, recordsIn, recordsOut } = observation;
  const kind = {
    ...{ outcome, depth, bytesIn, exchange: `${history} ${recordsIn} ${recordsOut}` },
    classes: classes.map(({ id }) => id),
  };
  if (!clientHello || !hello) return { kind: { ...kind, hello: null }, sha256: null };
  const { sha256, ...traits } = helloTraits({
    ...clientHello,
    ...{ sniKind: clientHello.sni?.kind ?? null, helloSha256: hello.sha256 },
  });
  return { kind: { ...kind, hello: traits }, sha256: sha256.slice(0, HASH_CHARS) };
}

await main(process.argv.slice(2));
