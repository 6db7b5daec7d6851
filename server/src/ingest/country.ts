import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Reader, type Response } from 'mmdb-lib';
import { PinataError } from '../errors.ts';

const UNKNOWN = 'ZZ';
const COUNTRY_CODE = /^[A-Z]{2}$/;

/** Where an address is registered, and which database says so. */
export interface Countries {
  /** `name@date`; null where there is none. */
  readonly database: string | null;
  /** ISO 3166-1 alpha-2; `ZZ` where it is not known. */
  of(ip: string): string;
}

/** Opens a country database (MaxMind DB format, read whole into memory). Without a path every country is Unknown. */
export function openCountries(path: string): Countries {
  if (path === '') return { database: null, of: () => UNKNOWN };
  const reader = open(path);
  const built = reader.metadata.buildEpoch.toISOString().slice(0, 10);
  return {
    database: `${basename(path, '.mmdb').slice(0, 48)}@${built}`,
    of: ip => codeIn(reader.get(ip)),
  };
}

function open(path: string): Reader<Response> {
  try {
    return new Reader<Response>(readFileSync(path));
  } catch (error) {
    const why = `${basename(path)} cannot be read as a MaxMind database`;
    throw new PinataError('CONFIG_INVALID', { name: 'PINATA_GEO_DB', why }, { cause: error });
  }
}

/** Country databases put the code in `country.iso_code` (MaxMind) or `country_code` (db-ip's flat ones). */
function codeIn(found: unknown): string {
  const nested = member(member(found, 'country'), 'iso_code');
  const code = nested ?? member(found, 'country_code');
  return typeof code === 'string' && COUNTRY_CODE.test(code) ? code : UNKNOWN;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
