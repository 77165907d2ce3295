// Failures of the domain in the words of this protocol: status, text and code (BaasBox spec 3.4, 3.5, 8.4).
import { DomainError, type ErrorKind } from '../../platform/errors.ts';
import { Failure } from './failure.ts';
import { PUSH_FAILURES } from './push-errors.ts';

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  // "Already exists" is 400 here.
  conflict: 400,
  too_large: 413,
  too_many: 429,
  // A query that takes too long is the fault of the query.
  deadline: 400,
  unavailable: 503,
};

/** Texts that clients or the original's tests look for; the rest is the domain's own message. */
const TEXTS: Record<string, (error: DomainError) => Failure> = {
  other_version: ({ details }) =>
    new Failure(
      400,
      `The given version (${String(details['given'])}) is not the stored one (${String(details['stored'])})`,
      '40001',
    ),
  no_collection: ({ details }) =>
    new Failure(404, `${String(details['name'])} is not a valid collection name`),
  collection_name: ({ details }) =>
    new Failure(400, `The collection name ${String(details['name'])} is invalid`),
  ...PUSH_FAILURES,
  empty_password: ({ message }) => new Failure(422, message),
  users_not_told: ({ message }) => new Failure(501, message),
  account_taken: () => new Failure(400, 'Error signing up: user name or email already in use'),
  name_taken: () => new Failure(400, 'Error signing up: user name or email already in use'),
  acl_unknown_user: aclFailure,
  acl_unknown_role: aclFailure,
  acl_too_long: aclFailure,
  reset_no_user: ({ message }) => new Failure(400, message),
  no_email: () =>
    new Failure(
      400,
      'Cannot reset the password: the "email" attribute is not defined into the user\'s private profile',
    ),
  mail_unreachable: () =>
    new Failure(400, 'Could not reach the mail server. Please contact the server administrator'),
  // What the caller did was right: it is the account, or the network, that stands in the way.
  social_taken: failed,
  social_last: failed,
  social_provider: failed,
  json_syntax: jsonFailure,
  json_encoding: jsonFailure,
  json_prototype: jsonFailure,
  json_depth: jsonFailure,
  json_members: jsonFailure,
};

function failed({ message }: DomainError): Failure {
  return new Failure(500, message);
}

function aclFailure({ message }: DomainError): Failure {
  return new Failure(400, `ACL fields are not valid: ${message}`);
}

function jsonFailure({ message }: DomainError): Failure {
  return new Failure(400, `Invalid Json: ${message}`);
}

/** Any error as a failure of this protocol. What nobody foresaw is a 500 without a word about its cause. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DomainError) {
    return TEXTS[error.code]?.(error) ?? new Failure(STATUS[error.kind], error.message);
  }
  const status = statusOf(error);
  if (status === 413) return new Failure(413, 'The body is larger than this server allows');
  // A content type that cannot be read is one that is not JSON.
  if (status === 415) return new Failure(400, 'expecting JSON body');
  if (status >= 400 && status < 500) return new Failure(status, 'The request could not be read');
  return new Failure(500, 'Internal server error');
}

/** The status that the HTTP framework gives its own errors. */
function statusOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'statusCode' in error
    ? Number(error.statusCode)
    : 500;
}
