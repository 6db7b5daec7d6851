import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeRecords, publish } from '../../server/src/api/testing/records.ts';
import { COLUMNS } from '../../server/src/export/columns.ts';
import { readCell } from '../../server/src/export/csv.ts';
import { parquet } from '../../server/src/export/formats/parquet.ts';
import type { PublicAttempt } from '../../server/src/export/project.ts';
import { valueAt } from '../../server/src/export/value-at.ts';
import { cipherSuite } from '../../server/src/tls/cipher-suite.ts';
import type { AttemptRecord } from '../../server/src/wire/record.ts';
import { type RowFormat, startTestLog, type TestLog } from './log.ts';
import { type Reader, readBack } from './readers.ts';

const USUAL = 1_500;
const HOSTILE = 250;
/** So that files of Parquet have two row groups. */
const SMALL_GROUPS = { format: { ...parquet, chunkRows: 1_000 } };

describe('what is exported is what tools that are not ours read back, field by field', { timeout: 200_000 }, () => {
  let log: TestLog;
  let rows: PublicAttempt[];
  before(async () => {
    log = await startTestLog({ usual: USUAL, hostile: HOSTILE });
    rows = await log.rows();
    assert.equal(rows.length, USUAL + HOSTILE);
  });
  after(() => log?.stop());

  const nested: [RowFormat, Reader][] = [
    ['jsonl', 'python-json'],
    ['jsonl', 'duckdb-json'],
    ['parquet', 'duckdb-parquet'],
    ['parquet', 'pyarrow-parquet'],
  ];
  for (const [format, reader] of nested) {
    test(`${format} by ${reader}`, async () => {
      const { path, rows: written } = await log.write(
        format,
        `${reader}.${format}`,
        format === 'parquet' ? SMALL_GROUPS : {},
      );
      const read = await readBack(reader, path);
      assert.equal(written, rows.length);
      assertSame(read.map(withoutNulls), rows.map(withoutNulls));
    });
  }

  for (const reader of ['python-csv', 'duckdb-csv'] as const) {
    test(`csv by ${reader}`, async () => {
      const { path } = await log.write('csv', `${reader}.csv`);
      const read = (await readBack(reader, path)).map(cells =>
        Object.fromEntries(COLUMNS.map(({ name, type }) => [name, valueOfCell(cells[name], type)])),
      );
      const expected = rows.map(row =>
        Object.fromEntries(COLUMNS.map(({ name, path: at }) => [name, valueAt(row, at) ?? null])),
      );
      assertSame(read, expected);
    });
  }

  test('the schema, the snapshot and the tier are in the metadata of Parquet, and its columns have types', async () => {
    const { path } = await log.write('parquet', 'metadata.parquet', SMALL_GROUPS);
    const [read] = (await readBack('pyarrow-metadata', path)) as unknown as ParquetFacts[];
    assert.equal(read?.metadata['pinata.schema'], 'pinata.attempt/1');
    assert.equal(read?.metadata['pinata.snapshot'], String(log.snapshot));
    assert.equal(read?.metadata['pinata.tier'], 'P');
    assert.equal(read?.rows, rows.length);
    assert.equal(read?.groups, 2);
    assert.equal(read?.types.seq, 'int64');
    assert.equal(read?.types.startedAt, 'timestamp[ms, tz=UTC]');
    assert.match(read?.types.hello ?? '', /^struct<recordVersion: int32, .*ciphers: list<element: int32/);
  });

  for (const kind of ['conn', 'ssl', 'x509'] as const) {
    for (const form of ['', '-json'] as const) {
      test(`Zeek's ${kind}.log${form && ' in JSON'} by a reader of such logs`, async () => {
        const { path } = await log.write(`zeek-${kind}${form}`, `${kind}${form}.log`);
        const expected = (rows as unknown as AttemptRecord[]).flatMap(row => ZEEK[kind](row));
        assert.ok(expected.length > 50, `${expected.length}`);
        assertSame((await readBack('zeek', path)).map(withoutNulls), expected.map(withoutNulls));
      });
    }
  }

  test('the corpus has each hello once, with how often and from when to when', async () => {
    const { path } = await log.write('hellos', 'hellos.jsonl');
    const read = await readBack('python-json', path);
    const expected = new Map<string, { attempts: number; days: string[]; hello: object }>();
    for (const { hello, startedAt } of rows as unknown as AttemptRecord[]) {
      if (!hello) continue;
      const { helloSha256: _, hrr: _hrr, ...kept } = hello;
      const key = JSON.stringify(kept, Object.keys(kept).sort());
      const known = expected.get(key) ?? { attempts: 0, days: [], hello: kept };
      known.attempts++;
      known.days.push(startedAt.slice(0, 10));
      expected.set(key, known);
    }
    const byHello = (one: { hello: object }, other: { hello: object }) =>
      JSON.stringify(one.hello, keysOf(one.hello)) < JSON.stringify(other.hello, keysOf(other.hello)) ? -1 : 1;
    const wanted = [...expected.values()].map(({ attempts, days, hello }) => {
      const sorted = days.toSorted();
      return { attempts, firstDay: sorted[0], lastDay: sorted.at(-1), hello };
    });
    const got = read.map(({ attempts, firstDay, lastDay, hello }) => ({
      ...{ attempts, firstDay, lastDay },
      hello: hello as object,
    }));
    assertSame(got.sort(byHello), wanted.sort(byHello));
    assert.ok(wanted.some(({ attempts }) => attempts > 1));
    const ids = read.map(({ helloId }) => String(helloId));
    assert.deepEqual(ids, [...new Set(ids)].sort());
  });

  test('the same snapshot and query are the same bytes, also once the log has gone on', async () => {
    const once = await log.write('jsonl', 'once.jsonl');
    const before = rows
      .slice(0, 20)
      .map(row => ({ id: String(row.id), startedUs: Date.parse(String(row.startedAt)) * 1000 }));
    await publish(log.server, makeRecords([...before, {}, {}], 9));
    const twice = await log.write('jsonl', 'twice.jsonl');
    assert.deepEqual([twice.sha256, twice.bytes], [once.sha256, once.bytes]);
    const typed = [await log.write('parquet', 'once.parquet'), await log.write('parquet', 'twice.parquet')];
    assert.equal(typed[0]?.sha256, typed[1]?.sha256);
  });
});

interface ParquetFacts {
  metadata: Record<string, string>;
  types: Record<string, string>;
  rows: number;
  groups: number;
}

/** Large lists, of which only the first difference is of interest. */
function assertSame(read: readonly unknown[], expected: readonly unknown[]): void {
  assert.equal(read.length, expected.length);
  for (const [index, one] of expected.entries()) assert.deepEqual(read[index], one, `row ${index}`);
}

/** A field that is null and one that is not there say the same, and typed tools cannot tell them apart. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner)]));
}

function valueOfCell(text: unknown, type: (typeof COLUMNS)[number]['type']): unknown {
  const value = typeof text === 'string' ? readCell(text) : null;
  if (value === null) return null;
  return type === 'string' ? value : JSON.parse(value);
}

function keysOf(value: object): string[] {
  return Object.keys(value).sort();
}

const VERSIONS: Record<number, string> = {
  ...{ 2: 'SSLv2', 768: 'SSLv3', 769: 'TLSv10', 770: 'TLSv11', 771: 'TLSv12', 772: 'TLSv13' },
};
const CURVES: Record<number, string> = {
  ...{ 23: 'secp256r1', 24: 'secp384r1', 25: 'secp521r1', 29: 'x25519', 30: 'x448', 4588: 'X25519MLKEM768' },
  ...{ 256: 'ffdhe2048', 257: 'ffdhe3072', 258: 'ffdhe4096', 259: 'ffdhe6144', 260: 'ffdhe8192' },
};

/** RFC 8446 §6, and what older versions had. */
const ALERTS: Record<number, string> = Object.fromEntries(
  `0:close_notify 10:unexpected_message 20:bad_record_mac 21:decryption_failed 22:record_overflow 30:decompression_failure
   40:handshake_failure 41:no_certificate 42:bad_certificate 43:unsupported_certificate 44:certificate_revoked 45:certificate_expired
   46:certificate_unknown 47:illegal_parameter 48:unknown_ca 49:access_denied 50:decode_error 51:decrypt_error 60:export_restriction
   70:protocol_version 71:insufficient_security 80:internal_error 86:inappropriate_fallback 90:user_canceled 100:no_renegotiation
   109:missing_extension 110:unsupported_extension 111:certificate_unobtainable 112:unrecognized_name
   113:bad_certificate_status_response 114:bad_certificate_hash_value 115:unknown_psk_identity 116:certificate_required
   120:no_application_protocol 121:ech_required`
    .split(/\s+/)
    .map(entry => entry.split(':')),
);

function lastAlert({ alertsSent, alertsReceived }: AttemptRecord['result']): string | null {
  if (alertsSent.length > 0 && alertsReceived.length > 0) return null;
  const code = [...alertsSent, ...alertsReceived].at(-1);
  return code === undefined ? null : (ALERTS[code] ?? `unknown-${code}`);
}

/** What each log is to say of a record, written down once more and apart from what writes it. */
const ZEEK: Record<'conn' | 'ssl' | 'x509', (row: AttemptRecord) => object[]> = {
  conn: ({ id, seq, startedAt, target, channel, transport, negotiated, result, source }) => {
    const [orig, resp] = channel === 'callback' ? ['bytesOut', 'bytesIn'] : (['bytesIn', 'bytesOut'] as const);
    const turned: Record<string, string> = channel === 'callback' ? { RSTO: 'RSTR', RSTR: 'RSTO' } : {};
    const state = transport.connState;
    return [
      {
        ...{ ts: Date.parse(startedAt) / 1000, uid: id, proto: 'tcp' },
        service: negotiated.sslHistory === '' ? null : 'ssl',
        orig_bytes: transport[orig as 'bytesIn'],
        resp_bytes: transport[resp as 'bytesIn'],
        conn_state: state === null ? null : (turned[state] ?? state),
        ...{ pinata_seq: seq, pinata_target: target, pinata_channel: channel, pinata_depth: result.depth },
        ...{ pinata_outcome: result.outcome, pinata_primary_class: result.primaryClass },
        pinata_classes: result.classes.map(({ id: name }) => name),
        ...{ pinata_country: source.country, pinata_src_token: source.srcToken, pinata_self_test: result.selfTest },
      },
    ];
  },
  ssl: ({ id, startedAt, target, guestRole, hello, negotiated, result }) => {
    const { version, cipher, group, established, sslHistory, ja3s } = negotiated;
    if (sslHistory === '') return [];
    const named = (code: number | null, name: string | undefined) =>
      code === null ? null : (name ?? `unknown-${code}`);
    const suite = cipher === null ? undefined : cipherSuite(cipher)?.name;
    return [
      {
        ...{ ts: Date.parse(startedAt) / 1000, uid: id },
        ...{
          version: named(version, VERSIONS[version ?? 0]),
          cipher: named(cipher, suite),
          curve: named(group, CURVES[group ?? 0]),
        },
        last_alert: lastAlert(result),
        ...{ established, ssl_history: sslHistory, ja3: hello?.ja3, ja3s, ja4: hello?.ja4 },
        ...{ pinata_target: target, pinata_guest_role: guestRole, pinata_hello_sha256: hello?.helloSha256 },
        ...{ pinata_outcome: result.outcome, pinata_guest_error: result.guestError },
      },
    ];
  },
  x509: ({ id, startedAt, guestRole, certificate }) => {
    if (certificate.presented !== true) return [];
    const { chainLength, chainSha256, leafSpkiSha256, chainResult, verifyScheme, verifyOk } = certificate;
    return [
      {
        ...{ ts: Date.parse(startedAt) / 1000, pinata_uid: id },
        ...{ host_cert: guestRole === 'client', client_cert: guestRole === 'server' },
        ...{ pinata_chain_length: chainLength, pinata_chain_sha256: chainSha256, pinata_spki_sha256: leafSpkiSha256 },
        ...{ pinata_chain_result: chainResult, pinata_verify_scheme: verifyScheme, pinata_verify_ok: verifyOk },
      },
    ];
  },
};
