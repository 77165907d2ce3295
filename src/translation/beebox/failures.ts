// How failures look in this protocol: always 400 with one JSON object, and 404 only for what is no method (Beebox spec 2.6).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors.ts';
import { safeUrl, type Logger } from '../../platform/log.ts';

/** Thrown by routes when a required parameter is not there at all: the same as an unknown method. */
export class MissingParameter extends Error {
  /** Tells the server that this is the client's fault, and nothing for the log. */
  readonly statusCode = 404;

  constructor(name: string) {
    super(`The parameter "${name}" is missing.`);
  }
}

/** Ids by the domain's codes (Beebox spec 8.2); codes without one have no id on the wire either. */
const IDS: Readonly<Record<string, string>> = {
  project_busy: 'BUSY',
  logged_out: 'LOGGEDOUT',
  login_failed: 'LOGIN_FAILED',
  level_too_low: 'NOACCESS',
  project_required: 'NOPROJECT',
  project_not_found: 'NOPROJECT',
  locale: 'LOCALE',
  path: 'PATH',
  file_not_found: 'FILENOTFOUND',
  directory_not_found: 'FILENOTFOUND',
  blob_too_large: 'TOOLARGE',
  multipart: 'MULTIPART',
};

const CONTENT_TYPE = 'application/json; charset=utf-8';

interface ApiError {
  type: 'Api error';
  id?: string;
  message: string;
  inner?: string;
  failed: true;
}

/** Answers any failure. Nothing of an unforeseen one is shown but the id under which the log has it. */
export function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  if (error instanceof MissingParameter) return answerNoMethod(request, reply, error.message);
  if (!(error instanceof DomainError)) return answerUnforeseen(error, request, reply);
  const id = IDS[error.code];
  if (error.kind === 'unavailable' && id === undefined) {
    log.error({ err: error, requestId: request.id }, 'request failed');
    return send(reply, apiError(error.message, { id: 'INTERNAL', inner: request.id }));
  }
  return send(reply, apiError(error.message, id === undefined ? {} : { id }));
}

/** No such method, or one of its required parameters is missing: the only answer with another status and shape. */
export function answerNoMethod(
  request: FastifyRequest,
  reply: FastifyReply,
  message = 'No such API method.',
): FastifyReply {
  // Some clients print what they get: the URI comes back without its secrets.
  const uri = `${request.protocol}://${request.host}${safeUrl(request.originalUrl)}`;
  return reply
    .code(404)
    .header('content-type', CONTENT_TYPE)
    .send(
      JSON.stringify({
        Message: `No HTTP resource was found that matches the request URI '${uri}'.`,
        MessageDetail: 'No action was found on the controller that matches the request.',
        message,
        failed: true,
      }),
    );
}

/** The body for a request that could not even be read. */
export function unreadable(): { contentType: string; body: string } {
  return {
    contentType: CONTENT_TYPE,
    body: JSON.stringify(apiError('The request could not be read.', {})),
  };
}

function answerUnforeseen(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const status = statusOf(error);
  // What the HTTP layer itself refuses: a path with broken escapes, a body that breaks off.
  if (status === 404 || codeOf(error) === 'FST_ERR_BAD_URL') return answerNoMethod(request, reply);
  if (status >= 400 && status < 500) {
    return send(reply, apiError('The request could not be read.', {}));
  }
  return send(reply, apiError('Something went wrong.', { id: 'INTERNAL', inner: request.id }));
}

function apiError(message: string, more: { id?: string; inner?: string }): ApiError {
  const { id, inner } = more;
  return {
    type: 'Api error',
    ...(id === undefined ? {} : { id }),
    message,
    ...(inner === undefined ? {} : { inner }),
    failed: true,
  };
}

function send(reply: FastifyReply, body: ApiError): FastifyReply {
  return reply.code(400).header('content-type', CONTENT_TYPE).send(JSON.stringify(body));
}

function statusOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'statusCode' in error
    ? Number(error.statusCode)
    : 500;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
