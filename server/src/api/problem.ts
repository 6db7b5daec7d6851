import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { type ErrorCode, PinataError } from '../errors.ts';
import { visibleText } from '../text-filter/visible.ts';

/** Problem documents (RFC 9457). `type` leads to the code's entry in the human documentation. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String({ description: 'stable; see /docs' }),
    remedy: Type.String({ description: 'what to do about it' }),
  },
  { additionalProperties: false, title: 'Problem' },
);
export type Problem = Static<typeof Problem>;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
const RETRY_AFTER_S = 5;
/** Where a request is repeated back, it is repeated no further than this. */
const ECHO_CHARACTERS = 200;

/**
 * Answers every failure with a problem document: the catalogue's errors as they are, all others as INTERNAL. Only a person who
 * mistyped the address of a page gets `missingPage`, with the same status.
 */
export function registerProblems(app: FastifyInstance, missingPage: () => string): void {
  app.setErrorHandler<FastifyError | PinataError>((error, request, reply) => {
    const known = toPinataError(error, request);
    if (known.status >= 500) request.log.error({ err: error, code: known.code }, 'request failed');
    return sendProblem(request, reply, known);
  });
  app.setNotFoundHandler((request, reply) => {
    if (asksForPage(request)) return reply.code(404).type('text/html; charset=utf-8').send(missingPage());
    return sendProblem(request, reply, new PinataError('NOT_FOUND', { path: pathOf(request) }));
  });
}

/** A browser's address line asks for HTML before all else; programs and the pages' own requests do not. */
function asksForPage(request: FastifyRequest): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && request.headers.accept?.startsWith('text/html') === true;
}

/** Sends one error. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: PinataError): FastifyReply {
  if ((error.status === 503 || error.status === 429) && !reply.hasHeader('retry-after')) {
    reply.header('retry-after', RETRY_AFTER_S);
  }
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemOf(error, pathOf(request))));
}

/** The document of an error that happened at `path`. */
export function problemOf(error: PinataError, path: string): Problem {
  return {
    type: `/docs#${error.code}`,
    title: titleOf(error.code),
    status: error.status,
    detail: visibleText(error.message),
    instance: path,
    code: error.code,
    remedy: visibleText(error.remedy),
  };
}

/** The same for every occurrence of a code, as RFC 9457 §3.1.3 wants it. */
function titleOf(code: ErrorCode): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The framework's own refusals that have a status, and so a code, of their own. */
const BY_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [404, 'NOT_FOUND'],
  [408, 'REQUEST_TOO_SLOW'],
  [413, 'REQUEST_TOO_LARGE'],
  [414, 'URL_TOO_LONG'],
  [415, 'MEDIA_TYPE_UNSUPPORTED'],
]);

/** The catalogue's error for one of the framework's. */
export function toPinataError(error: FastifyError | PinataError, request: FastifyRequest): PinataError {
  if (error instanceof PinataError) return error;
  if (error.validation) return fromValidation(error);
  const status = error.statusCode ?? 500;
  const code = BY_STATUS.get(status);
  if (code) return new PinataError(code, { path: pathOf(request) }, { cause: error });
  if (status >= 400 && status < 500) {
    return new PinataError('REQUEST_INVALID', { why: `${error.message.slice(0, ECHO_CHARACTERS)}.` }, { cause: error });
  }
  return new PinataError('INTERNAL', {}, { cause: error });
}

function fromValidation(error: FastifyError): PinataError {
  const [first] = error.validation ?? [];
  const unknown = first?.params.additionalProperty;
  if (first?.keyword === 'additionalProperties' && typeof unknown === 'string') {
    return new PinataError('PARAMETER_UNKNOWN', { name: unknown.slice(0, ECHO_CHARACTERS) }, { cause: error });
  }
  return new PinataError('REQUEST_INVALID', { why: `${error.message.slice(0, ECHO_CHARACTERS)}.` }, { cause: error });
}

/** The path that was asked for, without its parameters, and no longer than it may be repeated. */
export function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').slice(0, ECHO_CHARACTERS);
}
