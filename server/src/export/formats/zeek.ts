import type { PublicAttempt } from '../project.ts';
import type { Format, FormatName } from './format.ts';
import { textEncoder } from './text-encoder.ts';
import { CONN } from './zeek-conn.ts';
import { type ZeekLog, zeekHeader, zeekJsonLine, zeekLine } from './zeek-log.ts';
import { SSL } from './zeek-ssl.ts';
import { X509 } from './zeek-x509.ts';

/** Every log that there is, so that a test can hold all of them to the public tier. */
export const ZEEK_LOGS: readonly ZeekLog[] = [CONN, SSL, X509];

const SHARED = { chunkRows: 2_000, pageRows: 1_000 } as const;

const separated = (name: FormatName, log: ZeekLog): Format => ({
  ...SHARED,
  name,
  extension: `${log.path}.log`,
  open: () => textEncoder({ head: zeekHeader(log), text: (attempt: PublicAttempt) => zeekLine(log, attempt) }),
});

const asJson = (name: FormatName, log: ZeekLog): Format => ({
  ...SHARED,
  name,
  extension: `${log.path}.json`,
  open: () => textEncoder({ head: '', text: (attempt: PublicAttempt) => zeekJsonLine(log, attempt) }),
});

export const zeekConn = separated('zeek-conn', CONN);
export const zeekSsl = separated('zeek-ssl', SSL);
export const zeekX509 = separated('zeek-x509', X509);
export const zeekConnJson = asJson('zeek-conn-json', CONN);
export const zeekSslJson = asJson('zeek-ssl-json', SSL);
export const zeekX509Json = asJson('zeek-x509-json', X509);
