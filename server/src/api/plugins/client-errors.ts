import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PinataError } from '../../errors.ts';
import { PROBLEM_MEDIA_TYPE, problemOf } from '../problem.ts';

/** What Node's HTTP parser gives up with: https://nodejs.org/api/http.html#event-clienterror */
interface ParserError extends Error {
  readonly code?: string;
}

/** Answers requests that never became one with a problem document too, and closes: what follows on the connection is not known. */
export function answerClientError(error: ParserError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = knownError(error);
  const body = JSON.stringify(problemOf(known, ''));
  const lines = [
    `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function knownError(error: ParserError): PinataError {
  if (error.code === 'HPE_HEADER_OVERFLOW') return new PinataError('REQUEST_HEADERS_TOO_LARGE', {}, { cause: error });
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return new PinataError('REQUEST_TOO_SLOW', {}, { cause: error });
  return new PinataError('REQUEST_INVALID', { why: 'This is not HTTP/1.1.' }, { cause: error });
}
