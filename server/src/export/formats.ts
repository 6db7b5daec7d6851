import type { Format, FormatName } from './formats/format.ts';

/** The formats that are made of public rows alone, loaded when they are asked for. */
export const ROW_FORMATS: Readonly<Record<Exclude<FormatName, 'pcapng'>, () => Promise<Format>>> = {
  jsonl: async () => (await import('./formats/jsonl.ts')).jsonl,
  csv: async () => (await import('./formats/csv-format.ts')).csv,
  parquet: async () => (await import('./formats/parquet.ts')).parquet,
  'zeek-conn': async () => (await import('./formats/zeek.ts')).zeekConn,
  'zeek-ssl': async () => (await import('./formats/zeek.ts')).zeekSsl,
  'zeek-x509': async () => (await import('./formats/zeek.ts')).zeekX509,
  'zeek-conn-json': async () => (await import('./formats/zeek.ts')).zeekConnJson,
  'zeek-ssl-json': async () => (await import('./formats/zeek.ts')).zeekSslJson,
  'zeek-x509-json': async () => (await import('./formats/zeek.ts')).zeekX509Json,
  hellos: async () => (await import('./formats/hello-corpus.ts')).hellos,
};
