import { visibleText } from './text-filter/visible.ts';

/**
 * Every failure that an operator or a client can meet: a stable code, an HTTP status, a message, and what to do.
 * A retired code is never used again. `{name}` is filled in from the details.
 */
export const ERRORS = {
  CONFIG_INVALID: {
    status: 500,
    message: '{name} is not usable: {why}.',
    remedy: 'Correct the variable or flag and start again; docs/operations.md lists all of them.',
  },
  PORT_IN_USE: {
    status: 500,
    message: 'Port {port} on {host} is in use ({what}).',
    remedy: 'Stop the other program, or choose another port with {variable}.',
  },
  DATA_IN_USE: {
    status: 500,
    message: 'Another pinata (process {pid}) runs on {data}.',
    remedy: 'Stop it, or choose another folder with PINATA_DATA.',
  },
  DATA_UNREACHABLE: {
    status: 500,
    message: 'The service users cannot reach {data}.',
    remedy: 'Choose a folder that they can traverse with PINATA_DATA.',
  },
  DATA_NO_SPACE: {
    status: 500,
    message: 'Only {free} MiB are free at {data}; at least {need} MiB are needed.',
    remedy: 'Free space, or choose another folder with PINATA_DATA.',
  },
  QEMU_MISSING: {
    status: 500,
    message: 'qemu-system-x86_64 was not found.',
    remedy: 'Install it: apt-get install --no-install-recommends qemu-system-x86',
  },
  QEMU_UNUSABLE: {
    status: 500,
    message: 'qemu-system-x86_64 did not start a guest: {why}.',
    remedy: 'Check that it is QEMU 7.2 or newer with the microvm machine.',
  },
  RUST_MISSING: {
    status: 500,
    message: 'Rust {version} was not found.',
    remedy: 'Install it with rustup: rustup toolchain install {version}',
  },
  IMAGE_BUILD_FAILED: { status: 500, message: 'The guest image did not build.', remedy: 'See {log}.' },
  IMAGE_CORRUPT: {
    status: 500,
    message: 'The guest image {path} is not what was built (SHA-256 {found}, expected {expected}).',
    remedy: 'Build it again: ./pinata image --rebuild',
  },
  IMAGE_DIFFERS: {
    status: 500,
    message: 'The image could not be reproduced: {why}.',
    remedy: 'Build it again if the sources changed since (./pinata image); else tell the organisers, with both images.',
  },
  SECRET_MISSING: {
    status: 500,
    message: 'The secret file {path} is not there.',
    remedy: 'Restore it, or remove PINATA_PRIZE_SECRET to use a demo secret.',
  },
  SECRET_UNSAFE: {
    status: 500,
    message: 'The secret file {path} is not safe: {why}.',
    remedy: 'Give it mode 0600 and the supervisor as its owner.',
  },
  SECRET_INVALID: {
    status: 500,
    message: 'The secret file {path} does not hold a secp256k1 private key: {why}.',
    remedy: 'Put 64 hex digits or a WIF in it.',
  },
  SECRET_SHARED_UID: {
    status: 500,
    message: 'A real secret is refused while all processes share one user.',
    remedy: 'Start as root, or accept the risk with PINATA_ALLOW_SHARED_UID=1.',
  },
  AUTHORITY_GIVEN_TO_PRIZE: {
    status: 500,
    message: 'The prize target must not be given an authority.',
    remedy: 'Remove it: the prize authority is born in the guest.',
  },
  GUEST_NOT_READY: {
    status: 503,
    message: 'The guest {target} is not ready.',
    remedy: 'Wait: it restarts by itself; /status.json tells.',
  },
  GUEST_PROVISION_FAILED: {
    status: 500,
    message: 'The guest {target} did not accept its provision: {why}.',
    remedy: 'See the supervisor log.',
  },
  TARGET_UNKNOWN: { status: 404, message: 'There is no target {target}.', remedy: 'GET /api/v1/targets lists them.' },
  PROOFS_BUSY: {
    status: 503,
    message: 'Too many wait for a proof of {target}.',
    remedy: 'Try again after Retry-After: one signature serves all who wait.',
  },
  SUPERVISOR_UNREACHABLE: {
    status: 503,
    message: 'The supervisor does not answer.',
    remedy: 'Try again; /status.json tells how the targets are.',
  },
  PROOF_INVALID: {
    status: 500,
    message: 'The proof of possession does not verify: {why}.',
    remedy: 'Treat the target as not holding its key, and raise the alarm.',
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    message: 'The database does not answer.',
    remedy: 'Try again; attempts are being kept meanwhile.',
  },
  DATABASE_NEWER: {
    status: 500,
    message: 'Migration {name} was changed or is unknown.',
    remedy: 'Run the version of pinata that made this database, or restore the migration.',
  },
  SPOOL_FULL: {
    status: 503,
    message: 'The spool {spool} has no room.',
    remedy: 'Free disk space, or raise PINATA_SPOOL_MIB.',
  },
  SPOOL_CORRUPT: {
    status: 500,
    message: 'The spool {spool} has a damaged line at {offset}.',
    remedy: 'The gap is counted and skipped; check the disk.',
  },
  PROCESS_FAILED: { status: 500, message: '{process} ended: {why}.', remedy: 'See {log}.' },
  START_TIMEOUT: { status: 500, message: '{process} was not ready after {seconds} s.', remedy: 'See {log}.' },
  NOT_RUNNING: { status: 503, message: 'No pinata answers at {address}.', remedy: 'Start it: ./pinata up' },
  USAGE: { status: 400, message: '{why}', remedy: './pinata help shows the commands.' },
  TOOL_MISSING: { status: 500, message: '{tool} was not found.', remedy: 'Install it: {install}' },
  REQUEST_INVALID: { status: 400, message: '{why}', remedy: 'See /openapi.json.' },
  PARAMETER_UNKNOWN: { status: 400, message: 'There is no parameter {name} here.', remedy: 'See /openapi.json.' },
  ATTEMPT_UNKNOWN: {
    status: 404,
    message: 'There is no attempt {id}.',
    remedy: 'It may not be published yet: attempts appear about two seconds after they end.',
  },
  EVIDENCE_GONE: {
    status: 410,
    message: 'The evidence of attempt {id} is not kept any more.',
    remedy: 'Its public record stays: GET /api/v1/attempts/{id}',
  },
  EXPORT_UNFINISHED: {
    status: 409,
    message: 'An export that was not finished lies at {path}.',
    remedy: 'Go on with it (--resume), or remove it and what is named after it.',
  },
  EXPORT_CANNOT_RESUME: {
    status: 409,
    message: '{path} cannot be gone on with: {why}.',
    remedy: 'Remove it and what is named after it, and begin anew.',
  },
  EXPORT_UNKNOWN: {
    status: 404,
    message: 'There is no export {id}, or not any more.',
    remedy: 'Order it again: POST /api/v1/exports',
  },
  EXPORT_NOT_READY: {
    status: 409,
    message: 'Export {id} has no file: it is {state}.',
    remedy: 'Ask for it until it is done: GET /api/v1/exports/{id}',
  },
  RANGE_UNSATISFIABLE: {
    status: 416,
    message: 'The file has {bytes} bytes, and none of them is in the range that was asked for.',
    remedy: 'Ask for a range that begins before its end.',
  },
  CLAIM_MISSING: {
    status: 401,
    message: 'This needs the claim token of the attempt.',
    remedy: 'Send it as the header Authorization: Bearer TOKEN, 64 hex digits; never in an address.',
  },
  CLAIM_WRONG: {
    status: 403,
    message: 'This token does not open attempt {id}.',
    remedy: 'A token opens the attempts made with its server name; ./pinata attempt and /me make one.',
  },
  CLAIMS_UNAVAILABLE: {
    status: 503,
    message: 'Claims cannot be answered now.',
    remedy: 'Try again; nothing was changed, or it was changed as asked.',
  },
  CREDIT_REFUSED: {
    status: 400,
    message: 'This name cannot be shown.',
    remedy: 'Choose 1 to 32 letters, digits, spaces, hyphens and underscores that mean no harm.',
  },
  CREDENTIALS_NOT_PUBLISHED: {
    status: 404,
    message: 'The target {target} publishes no credentials.',
    remedy: 'GET /api/v1/targets tells which do; the prize never does.',
  },
  BOOT_UNKNOWN: { status: 404, message: 'There is no boot {id}.', remedy: 'GET /api/v1/boots lists them.' },
  CLASS_UNKNOWN: { status: 404, message: 'There is no class {id}.', remedy: 'GET /api/v1/classes lists them.' },
  ANNOUNCEMENT_UNKNOWN: {
    status: 404,
    message: 'There is no announcement {id} on the pages.',
    remedy: './pinata admin status lists those that are shown.',
  },
  AUDIT_BROKEN: {
    status: 500,
    message: "Entry {entry} of the organisers' log does not hold: {why}.",
    remedy: 'Somebody changed the file. Compare it with a backup, and find out who can write to it.',
  },
  BAN_UNKNOWN: {
    status: 404,
    message: 'No ban is on exactly this network.',
    remedy: './pinata admin status lists those that hold.',
  },
  BAN_UNUSABLE: {
    status: 400,
    message: 'This cannot be banned: {why}.',
    remedy: 'Give an address, an IPv4 prefix of /16 or longer, or an IPv6 prefix of /32 or longer.',
  },
  VERB_UNKNOWN: { status: 404, message: 'There is no verb {verb}.', remedy: './pinata help admin lists them.' },
  WEBHOOK_MISSING: {
    status: 409,
    message: 'No webhook is set.',
    remedy: 'Set PINATA_WEBHOOK_URL and start again.',
  },
  WEBHOOK_FAILED: {
    status: 502,
    message: 'The webhook did not accept the message: {why}.',
    remedy: 'Look at what receives it; the message is tried again by itself.',
  },
  WEBHOOK_SECRET_INVALID: {
    status: 500,
    message: 'The webhook secret {path} is not usable: {why}.',
    remedy: 'Put whsec_ and 24 to 64 bytes in base64 on its first line, readable by ingest alone.',
  },
  WEBHOOK_SECRET_GIVEN: {
    status: 409,
    message: 'The webhook secret {path} is a file of yours.',
    remedy: 'Put the new secret on its first line and leave the old one below until the receiver knows the new one.',
  },
  NOT_FOUND: { status: 404, message: 'There is nothing at {path}.', remedy: 'See /openapi.json.' },
  METHOD_NOT_ALLOWED: { status: 405, message: '{method} is not possible at {path}.', remedy: 'See /openapi.json.' },
  REQUEST_TOO_LARGE: { status: 413, message: 'The body of this request is too large.', remedy: 'See /openapi.json.' },
  REQUEST_HEADERS_TOO_LARGE: {
    status: 431,
    message: 'The address and the headers of this request are too long.',
    remedy: 'Send fewer or shorter headers and parameters.',
  },
  REQUEST_TOO_SLOW: { status: 408, message: 'The request did not arrive in time.', remedy: 'Try again.' },
  URL_TOO_LONG: { status: 414, message: 'A part of this address is too long.', remedy: 'See /openapi.json.' },
  MEDIA_TYPE_UNSUPPORTED: {
    status: 415,
    message: 'The body of this request is of no known type.',
    remedy: 'See /openapi.json.',
  },
  RATE_LIMITED: { status: 429, message: 'Too many requests.', remedy: 'Wait as long as Retry-After says.' },
  STREAM_FULL: {
    status: 503,
    message: 'Too many live streams are open.',
    remedy: 'Poll /live/snapshot.json, or try again after Retry-After.',
  },
  OVERLOADED: { status: 503, message: 'The service is overloaded.', remedy: 'Try again after Retry-After.' },
  INTERNAL: {
    status: 500,
    message: 'Something went wrong here.',
    remedy: 'Tell the organisers the code and the time.',
  },
} as const satisfies Record<string, { status: number; message: string; remedy: string }>;

export type ErrorCode = keyof typeof ERRORS;

type Details = Record<string, string | number>;

/** An error with a code from the catalogue. `message` is filled in; `remedy` says what to do. */
export class PinataError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly remedy: string;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details = {}, options?: ErrorOptions) {
    super(fill(ERRORS[code].message, details), options);
    this.name = 'PinataError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.remedy = fill(ERRORS[code].remedy, details);
    this.details = details;
  }

  /** The two lines a terminal shows. */
  get text(): string {
    return visibleText(`${this.code}: ${this.message}\n  ${this.remedy}`);
  }
}

function fill(template: string, details: Details): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (name in details ? String(details[name]) : whole));
}
