// The error objects of the Beefree door, and which failure becomes which (Beefree spec 2.3, 2.4, 2.7).
import type { FastifyReply } from 'fastify';
import { DomainError } from '../../platform/errors.ts';

/** A refusal in the words of the protocol. */
export class Refusal extends Error {
  readonly statusCode: number;
  readonly body: ErrorBody;

  constructor(statusCode: number, body: ErrorBody) {
    super(body.message);
    this.statusCode = statusCode;
    this.body = body;
  }
}

/** Shape 1 has `details`; shape 2, for templates and fields that fail validation, has `error`. */
export type ErrorBody =
  | { code: number; message: string; details: string }
  | { code: number; message: string; error: 'BAD REQUEST' }
  // Says that there was nothing to do.
  | { message: string; details: string };

const unauthorized = (code: number, details: string) =>
  new Refusal(401, { code, message: 'Authentication error', details });

export const missingHeader = () => unauthorized(4001, 'Authentication header is missing');
export const malformedHeader = () => unauthorized(4005, 'Bearer token format is invalid');
export const unknownKey = () => unauthorized(4010, 'Token expired');

export const rateLimited = () =>
  new Refusal(429, { code: 4290, message: 'Too Many Requests', details: 'Rate limit exceeded' });

/** A field of the body that is missing or wrong. `path` is as in `data['page']`. */
export const missingField = (...path: string[]) =>
  validation(2200, 'required key not provided', path);
export const wrongField = (problem: string, ...path: string[]) => validation(2200, problem, path);

function validation(code: number, problem: string, path: string[]): Refusal {
  const where = path.map((name) => `['${name}']`).join('');
  return new Refusal(400, { code, message: `${problem} @ data${where}`, error: 'BAD REQUEST' });
}

const NOT_JSON = 'JSON pre-processing failed';

/** The status and body for any failure. Foreseen ones keep their text; what nobody foresaw says nothing of itself. */
export function errorOf(error: unknown): { status: number; body: ErrorBody } {
  if (error instanceof Refusal) return { status: error.statusCode, body: error.body };
  if (error instanceof DomainError) return ofDomain(error);
  const status = statusCodeOf(error);
  if (status === 413) return tooLarge('The request body is too large');
  if (status >= 400 && status < 500) {
    return { status, body: { code: 4101, message: NOT_JSON, details: 'The request is malformed' } };
  }
  const details = 'The server could not finish the request';
  return { status: 500, body: { code: 5000, message: 'Internal error', details } };
}

function ofDomain({ kind, code, message }: DomainError): { status: number; body: ErrorBody } {
  if (code === 'page_missing') return errorOf(missingField('page'));
  // The document's doing: unlike a browser that is missing, it would not help to try again.
  if (code === 'page_crashed') return renderingError(message);
  switch (kind) {
    case 'invalid':
      return code.startsWith('json_')
        ? { status: 400, body: { code: 4101, message: NOT_JSON, details: message } }
        : { status: 400, body: { code: 2000, message: 'Validation error', details: message } };
    case 'too_large':
      return tooLarge(message);
    case 'not_found':
      return { status: 404, body: { code: 4040, message: 'Not Found', details: message } };
    case 'too_many':
    case 'unavailable':
      return { status: 503, body: { code: 3000, message: 'Service Error', details: message } };
    case 'deadline':
      return renderingError(message);
    default:
      return { status: 403, body: { code: 4030, message: 'Forbidden', details: message } };
  }
}

function renderingError(details: string): { status: number; body: ErrorBody } {
  return { status: 500, body: { code: 4600, message: 'Rendering error', details } };
}

function tooLarge(details: string): { status: number; body: ErrorBody } {
  return { status: 413, body: { code: 4130, message: 'Payload Too Large', details } };
}

function statusCodeOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'statusCode' in error
    ? Number(error.statusCode)
    : 500;
}

/** Sends an error object, as JSON whatever the client asked for. */
export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  const { status, body } = errorOf(error);
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
